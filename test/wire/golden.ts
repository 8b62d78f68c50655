import assert from "node:assert/strict";
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
import type { LoopbackServer, Recorded, Reply } from "./loopback-server";

/** A request and its answer. */
export interface GoldenExchange {
  readonly request: {
    readonly method: string;
    readonly path: string;
    /** Exactly as sent, but for `{timestamp}` and `{signature}`. */
    readonly query: string;
    readonly headers: Readonly<Record<string, string>>;
    /** Names of headers that must not be sent. */
    readonly absentHeaders?: readonly string[];
    /** As JSON. */
    readonly body?: unknown;
    /** The text of a body that is a form, written as a query is. */
    readonly form?: string;
  };
  /** HTTP status of the answer. @default 200 */
  readonly status?: number;
  /** Left out where the answer has no body. */
  readonly answer?: unknown;
}

/** One documented call: what is asked, what must go over the wire, what comes back, what must be made of it. */
export interface GoldenCall extends GoldenExchange {
  readonly source: string;
  readonly operation: "list" | "find" | "issue" | "set" | "revoke" | "inspectParent";
  readonly input: {
    readonly subAccount?: string;
    readonly apiKey?: string;
    readonly spec?: { readonly label: string; readonly scopes: readonly Scope[]; readonly ipWhitelist: readonly string[] };
    readonly passphrase?: string;
  };
  /** Further requests of the same call, in order. */
  readonly then?: readonly GoldenExchange[];
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
 * `{signedPassphrase}` the passphrase, signed as the text is; `{bodySha512}` the hash of the body, hexadecimal; `{unsigned}` query and
 * body without the signature that ends them.
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

/** How a request must be signed, computed from the documents and not by the client under test. */
export interface GoldenSigned {
  /** That it must carry. */
  readonly headers: Readonly<Record<string, string>>;
  /** A text with its `{names}` replaced by what they stand for in this request. */
  readonly fill: (text: string) => string;
}

export function signedBy(rule: GoldenSignature, request: Recorded, now: number): GoldenSigned {
  const { method, path, query, body } = request;
  const timestamps = { iso: new Date(now).toISOString(), milliseconds: now, seconds: Math.floor(now / 1000) };
  const timestamp = String(timestamps[rule.timestamp]);
  const target = query === "" ? path : `${path}?${query}`;
  const bodySha512 = createHash("sha512").update(body).digest("hex");
  const unsigned = (query + body).replace(/&signature=[^&]*$/, "");
  const values = new Map(Object.entries({ ...DUMMY, timestamp, method, path, query, target, body, bodySha512, unsigned }));
  const fill = (text: string): string => text.replace(/\{(\w+)\}/g, (_, name: string) => values.get(name) ?? "");
  const { algorithm = "sha256" } = rule;
  const sign = (text: string): string => createHmac(algorithm, DUMMY.secret).update(text).digest(rule.encoding);
  values.set("signature", sign(fill(rule.text)));
  values.set("signedPassphrase", sign(DUMMY.passphrase));
  return { headers: Object.fromEntries(Object.entries(rule.headers).map(([name, text]) => [name, fill(text)])), fill };
}

/** The answers of a golden call, one after the other; then none. */
export function answersOf(golden: GoldenCall): () => Reply {
  const replies = exchangesOf(golden).map(({ status = 200, answer }) => ({
    status,
    body: answer === undefined ? "" : JSON.stringify(answer),
  }));
  return () => replies.shift() ?? "reset";
}

export function exchangesOf(golden: GoldenCall): readonly GoldenExchange[] {
  return [golden, ...(golden.then ?? [])];
}

/** @throws AssertionError when what was sent is not what the documents ask for */
export function assertSent(sent: Recorded, expected: GoldenExchange["request"], signed: GoldenSigned): void {
  const { method, path, query, headers, absentHeaders = [], body, form } = expected;
  const { fill } = signed;
  assert.deepEqual({ method: sent.method, path: sent.path, query: sent.query }, { method, path, query: fill(query) });
  if (form === undefined) assert.deepEqual(sent.body === "" ? undefined : JSON.parse(sent.body), body);
  else assert.equal(sent.body, fill(form));
  const wanted = { ...headers, ...signed.headers };
  assert.deepEqual(Object.fromEntries(Object.keys(wanted).map((header) => [header, sent.headers[header]])), wanted);
  for (const header of absentHeaders) assert.equal(sent.headers[header], undefined);
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
