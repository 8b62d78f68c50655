import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { dynamic } from "@pulumi/pulumi";
import type { ScheduledApiKeyInputs } from "../../providers/src/core/inputs";
import { ownerHash } from "../../providers/src/core/label";
import { type ApiKeyOutputs, outputsOf, type Recorded } from "../../providers/src/core/record";
import { check, configure } from "../../providers/src/handlers/api-key";
import { documentOf, version } from "../core/samples";

export type Properties = Readonly<Record<string, unknown>>;

/** What a state holds as the provider's code. */
export const CODE = "exports.handler = code of this release";

const ACCOUNTS: Properties = {
  one: { exchange: "bybit", credentials: { apiKey: "env:NO_SUCH_KEY", secret: "file:/no/such/secret" } },
  two: { exchange: "okx", credentials: { apiKey: "env:NO_SUCH_KEY", secret: "env:NO_SUCH", passphrase: "env:NO_SUCH" } },
  odd: { exchange: "nowhere", credentials: {} },
  pasted: { exchange: "bybit", credentials: { apiKey: "pasted-parent-key", pin: "env:PIN" } },
};

export const SETTINGS: Properties = { environment: "sandbox", owner: "desk", accounts: JSON.stringify(ACCOUNTS) };

/** Inputs as the engine hands them to check. */
export const DECLARED: Properties = {
  __provider: CODE,
  environment: "sandbox",
  owner: "desk",
  exchange: "bybit",
  account: "one",
  subAccount: "100001",
  name: "mm",
  bot: "mm-1",
  purpose: "market-making",
  scopes: ["read", "spot"],
  ipWhitelist: ["52.1.2.3", "52.1.2.4"],
  rotate: { every: "30d", overlap: "24h" },
  seal: "awskms://alias/nobody-has-this-key?region=eu-west-1",
  publish: "file:///no/such/folder/mm.json",
};

/** Hands the stack's configuration over, as the dynamic provider's host does. */
export async function configured(settings: Properties): Promise<void> {
  const get = (key: string): string | undefined => settings[key.replace(/^exchange-keys:/, "")] as string | undefined;
  const config: dynamic.Config = {
    get,
    require: (key) => {
      const value = get(key);
      if (value === undefined) throw new Error(`missing ${key}`);
      return value;
    },
  };
  await configure({ config });
}

/** A sandbox's files without a sandbox: whatever tries to reach one fails. */
export class Files {
  private constructor(readonly folder: string) {}

  static async make(): Promise<Files> {
    const files = new Files(await mkdtemp(join(tmpdir(), "exchange-keys-handlers-")));
    const [ca, clock] = [join(files.folder, "ca.pem"), join(files.folder, "clock.json")];
    const nobody = await freeOrigin();
    const content = { pid: process.pid, control: nobody, ca, clock, endpoints: { bybit: nobody, okx: nobody }, rateScale: 1000 };
    await writeFile(ca, "");
    await writeFile(files.sandbox, JSON.stringify(content), { mode: 0o600 });
    await files.setTime(START);
    process.env.EXCHANGE_KEYS_SANDBOX = files.sandbox;
    return files;
  }

  get sandbox(): string {
    return join(this.folder, "sandbox.json");
  }

  async setTime(time: Date): Promise<void> {
    await writeFile(join(this.folder, "clock.json"), JSON.stringify({ offsetMs: time.getTime() - Date.now() }));
  }

  async remove(): Promise<void> {
    delete process.env.EXCHANGE_KEYS_SANDBOX;
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** An origin where nobody listens. */
async function freeOrigin(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new Error("the listener has no port");
  return `https://127.0.0.1:${address.port}`;
}

/** Half past an hour: whatever is rounded down to the hour is the same all through a test. */
export const START = new Date("2026-03-01T10:30:00Z");

export function after(days: number, hours = 0): Date {
  return new Date(START.getTime() + (days * 24 + hours) * 3_600_000);
}

/** Inputs as check hands them on; the engine puts the code back. @throws Error naming the failures */
export async function checked(news: Properties, olds: Properties = {}): Promise<Properties> {
  const { inputs, failures = [] } = await check(olds, news);
  if (failures.length > 0) throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n"));
  return { ...inputs, __provider: news.__provider };
}

/** The state of a key that was issued at {@link START}. */
export function stateOf(inputs: Properties, changes: Partial<Recorded> = {}): ApiKeyOutputs & Properties {
  const { __provider, ...rest } = inputs;
  const declared = rest as Properties & ScheduledApiKeyInputs;
  const { owner, bot, exchange, account, subAccount, name, scopes, seal } = declared;
  const current = version(1, { scopes, key: seal, issuedAt: START.toISOString() });
  const sealed = documentOf([current], { identity: { owner, bot, exchange, account, subAccount, name } });
  const recorded: Recorded = { hash: ownerHash(declared), strays: [], former: [], sealed, ...changes };
  return { ...outputsOf(declared, recorded, "ready"), __provider };
}
