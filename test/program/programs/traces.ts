/** Declares one resource of each class, and another one that its own transformation refuses, and says what became of stack traces. */
import type * as pulumi from "@pulumi/pulumi";
import { AdoptedApiKey, ApiKey, SubAccount } from "pulumi-exchange-keys";

/** What was seen of one declaration. */
export interface Seen {
  readonly before: number;
  /** While Pulumi's constructor runs. */
  readonly during: readonly number[];
  readonly after: number;
  readonly stack?: string;
  readonly thrown?: unknown;
}

const key = {
  account: "bybit",
  subAccount: "100001",
  bot: "mm-1",
  purpose: "market-making",
  scopes: ["read" as const],
  ipWhitelist: [],
};

const CLASSES = {
  ApiKey: (name: string, options: pulumi.CustomResourceOptions) =>
    new ApiKey(name, { ...key, seal: "local:///sealing.key", publish: `file:///${name}.json` }, options),
  AdoptedApiKey: (name: string, options: pulumi.CustomResourceOptions) =>
    new AdoptedApiKey(name, { ...key, subAccount: "master", publish: `file:///${name}.json` }, options),
  SubAccount: (name: string, options: pulumi.CustomResourceOptions) =>
    new SubAccount(name, { account: "bybit", uid: "100001" }, options),
} as const;

function seen(declare: (options: pulumi.CustomResourceOptions) => unknown, refuse: () => void = () => undefined): Seen {
  const during: number[] = [];
  const look = (): undefined => {
    during.push(Error.stackTraceLimit);
    refuse();
  };
  const before = Error.stackTraceLimit;
  try {
    declare({ transformations: [look] });
  } catch (thrown) {
    const after = Error.stackTraceLimit;
    return { before, during, after, ...(thrown instanceof Error ? { stack: thrown.stack ?? "" } : { thrown }) };
  }
  return { before, during, after: Error.stackTraceLimit };
}

function throwing(what: () => unknown): () => never {
  return () => {
    throw what();
  };
}

const old = new Error("made before");

export const apiKeys = Object.fromEntries(
  Object.entries(CLASSES).map(([name, declare]) => {
    const small = name.toLowerCase();
    return [
      name,
      {
        declared: seen((options) => declare(small, options)),
        refused: seen(
          (options) => declare(`${small}-refused`, options),
          throwing(() => new TypeError("not in this program")),
        ),
        odd: seen(
          (options) => declare(`${small}-odd`, options),
          throwing(() => "only a text"),
        ),
        earlier: seen(
          (options) => declare(`${small}-earlier`, options),
          throwing(() => old),
        ),
      },
    ];
  }),
);
