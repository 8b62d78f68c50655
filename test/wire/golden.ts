import { createHash, createHmac } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Secret } from "../../providers/src/core/secret";
import type { Scope } from "../../providers/src/core/words";
import type { KeyAdapter, KeySpec } from "../../providers/src/exchanges/adapter";
import { descriptorOf, loadAdapter } from "../../providers/src/exchanges/registry";
import type { Credentials } from "../../providers/src/wire/ccxt";
import { connect } from "../../providers/src/wire/connect";
import { type InstantTimer, instantTimer } from "./instant-timer";
import type { LoopbackServer, Recorded } from "./loopback-server";

/** One documented call: what is asked, what must go over the wire, what comes back, what must be made of it. */
export interface GoldenCall {
  readonly source: string;
  readonly operation: "list" | "find" | "issue" | "set" | "revoke" | "inspectParent";
  readonly input: {
    readonly subAccount?: string;
    readonly apiKey?: string;
    readonly spec?: { readonly label: string; readonly scopes: readonly Scope[]; readonly ipWhitelist: readonly string[] };
    readonly passphrase?: string;
  };
  readonly request: {
    readonly method: string;
    readonly path: string;
    readonly query: string;
    readonly headers: Readonly<Record<string, string>>;
    /** Names of headers that must not be sent. */
    readonly absentHeaders?: readonly string[];
    readonly body?: unknown;
  };
  /** HTTP status of the answer. @default 200 */
  readonly status?: number;
  /** Left out where the answer has no body. */
  readonly answer?: unknown;
  readonly expect: unknown;
}

/** One documented refusal. */
export interface GoldenError {
  readonly source: string;
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
  readonly kind: string;
  /** Where an unsafe call must be answered otherwise. */
  readonly kindWhenUnsafe?: string;
  readonly code: string;
}

export interface GoldenTime {
  readonly source: string;
  readonly path: string;
  readonly now: number;
  readonly answer: unknown;
}

/**
 * How an exchange's documents say that a request is signed. `{names}` stand for what they name; `{target}` is path and query, and
 * `{signedPassphrase}` the passphrase, signed as the text is; `{bodySha512}` the hash of the body, hexadecimal.
 */
export interface GoldenSignature {
  readonly source: string;
  readonly timestamp: "milliseconds" | "seconds" | "iso";
  /** Of the HMAC. @default "sha256" */
  readonly algorithm?: "sha256" | "sha512";
  readonly text: string;
  readonly encoding: "hex" | "base64";
  readonly headers: Readonly<Record<string, string>>;
}

/** Never a real credential. */
export const DUMMY = { apiKey: "parent-key-0001", secret: "parent-secret-not-real", passphrase: "Parent-pass-1!" } as const;

const FOLDER = join(__dirname, "golden");

export const goldenIds = (): readonly string[] => readdirSync(FOLDER);

export function readGolden<T>(id: string, name: string): T {
  return JSON.parse(readFileSync(join(FOLDER, id, `${name}.json`), "utf8")) as T;
}

export function goldenCalls(id: string): readonly string[] {
  const names = readdirSync(join(FOLDER, id)).filter((name) => name.endsWith(".json"));
  return names.map((name) => name.replace(".json", "")).filter((name) => !["errors", "signature", "time"].includes(name));
}

/** The headers that a request must carry, computed from the documents and not by the client under test. */
export function signedHeaders(rule: GoldenSignature, request: Recorded, now: number): Readonly<Record<string, string>> {
  const { method, path, query, body } = request;
  const timestamps = { iso: new Date(now).toISOString(), milliseconds: now, seconds: Math.floor(now / 1000) };
  const timestamp = String(timestamps[rule.timestamp]);
  const target = query === "" ? path : `${path}?${query}`;
  const bodySha512 = createHash("sha512").update(body).digest("hex");
  const values = new Map(Object.entries({ ...DUMMY, timestamp, method, path, query, target, body, bodySha512 }));
  const fill = (text: string): string => text.replace(/\{(\w+)\}/g, (_, name: string) => values.get(name) ?? "");
  const { algorithm = "sha256" } = rule;
  const sign = (text: string): string => createHmac(algorithm, DUMMY.secret).update(text).digest(rule.encoding);
  values.set("signature", sign(fill(rule.text)));
  values.set("signedPassphrase", sign(DUMMY.passphrase));
  return Object.fromEntries(Object.entries(rule.headers).map(([name, text]) => [name, fill(text)]));
}

export interface Opened {
  readonly adapter: KeyAdapter;
  readonly timer: InstantTimer;
}

export interface OpenOptions {
  readonly now: () => number;
  readonly deadline?: () => AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The real adapter over the real wire, but for time. */
export async function openGolden(
  id: string,
  server: Pick<LoopbackServer, "origin" | "ca">,
  options: OpenOptions,
): Promise<Opened> {
  const descriptor = descriptorOf(id);
  const credentials: Credentials = Object.fromEntries(descriptor.credentials.map((field) => [field, new Secret(DUMMY[field])]));
  const timer = instantTimer();
  const { origin, ca } = server;
  const wire = await connect({ headers: {}, ...options, descriptor, credentials, origin, ca, rateScale: 1, timer });
  return { adapter: (await loadAdapter(id))(wire), timer };
}

/** Asks what a golden call asks. Secrets come back in clear, to be compared. */
export async function ask(adapter: KeyAdapter, { operation, input }: Pick<GoldenCall, "operation" | "input">): Promise<unknown> {
  const { subAccount = "", apiKey = "" } = input;
  if (operation === "inspectParent") return adapter.inspectParent();
  if (operation === "list") return adapter.list(subAccount);
  if (operation === "find") return adapter.find?.(subAccount, apiKey);
  if (operation === "revoke") return adapter.revoke(subAccount, apiKey, passphraseIn(input));
  if (operation === "set") return adapter.set(subAccount, apiKey, specOf(input));
  const issued = await adapter.issue(subAccount, specOf(input));
  const passphrase = issued.passphrase === undefined ? {} : { passphrase: issued.passphrase.reveal() };
  return { apiKey: issued.apiKey, secret: issued.secret.reveal(), ...passphrase };
}

function specOf(input: GoldenCall["input"]): KeySpec {
  if (input.spec === undefined) throw new Error("the golden file has no spec");
  const passphrase = passphraseIn(input);
  return { ...input.spec, ...(passphrase === undefined ? {} : { passphrase }) };
}

function passphraseIn({ passphrase }: GoldenCall["input"]): Secret | undefined {
  return passphrase === undefined ? undefined : new Secret(passphrase);
}
