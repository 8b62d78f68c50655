import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { PublicKey } from "../../providers/src/core/public-key";
import { Secret } from "../../providers/src/core/secret";
import type { Operation, Scope, SubAccountOperation } from "../../providers/src/core/words";
import type { KeyAdapter, KeySpec, NewSubAccount } from "../../providers/src/exchanges/adapter";
import type { Support } from "../../providers/src/exchanges/descriptor";
import { descriptorOf, findDescriptor, loadAdapter } from "../../providers/src/exchanges/registry";
import type { Credentials } from "../../providers/src/wire/ccxt";
import { connect } from "../../providers/src/wire/connect";
import { listInFull } from "../exchanges/list-in-full";
import { credentialOf, type GoldenSignature, type GoldenSigned } from "./golden-signature";
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
  readonly operation: Operation | SubAccountOperation;
  readonly input: {
    /** Of a sub-account. */
    readonly name?: string;
    readonly remark?: string;
    readonly password?: string;
    readonly uid?: string;
    readonly product?: Scope;
    readonly subAccount?: string;
    readonly apiKey?: string;
    readonly spec?: {
      readonly label: string;
      readonly scopes: readonly Scope[];
      readonly ipWhitelist: readonly string[];
      readonly publicKey?: PublicKey;
    };
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

const FOLDER = join(__dirname, "golden");

export const goldenIds = (): readonly string[] => readdirSync(FOLDER);

/** The first exchange that has these operations, for tests of what is the same for all. @throws Error where none has */
export function anyWith(...operations: readonly Operation[]): string {
  const found = goldenIds().find((id) =>
    operations.every((operation) => findDescriptor(id)?.operations[operation].can === "yes"),
  );
  if (found === undefined) throw new Error(`no exchange has ${operations.join(" and ")}`);
  return found;
}

/**
 * A suite for each exchange that has golden files. One whose files cannot be read fails in a case of its own suite: the suites of all
 * others go on.
 */
export function describeGolden(titleOf: (id: string) => string, cases: (this: Mocha.Suite, id: string) => void): void {
  for (const id of goldenIds()) {
    describe(titleOf(id), function () {
      try {
        cases.call(this, id);
      } catch (error) {
        it("has golden files that can be read", () => {
          throw error;
        });
      }
    });
  }
}

export function readGolden<T>(id: string, name: string): T {
  return JSON.parse(readFileSync(join(FOLDER, id, `${name}.json`), "utf8")) as T;
}

/** How many cases of each contract suite an exchange cannot take part in, by the suite's title. None where nothing is said. */
export function expectedSkips(id: string, suite: string): number {
  return readGolden<Readonly<Record<string, number>>>(id, "skips")[suite] ?? 0;
}

/** `signature`, and one more for each further way to sign. */
export function goldenSignatures(id: string): readonly string[] {
  return names(id).filter((name) => name.startsWith("signature"));
}

/** Those of operations that are not written yet are templates only, and none of these. */
export function goldenCalls(id: string): readonly string[] {
  const calls = names(id).filter(
    (name) => !["errors", "readings", "skips", "time"].includes(name) && !name.startsWith("signature"),
  );
  const operations: Readonly<Record<string, Support>> = findDescriptor(id)?.operations ?? {};
  return calls.filter((name) => operations[readGolden<GoldenCall>(id, name).operation]?.can !== "not yet");
}

/** The golden call that every exchange has: a listing, or where nothing can be listed, the credential about itself. */
export function readingCall(id: string): string {
  return goldenCalls(id).includes("list") ? "list" : "inspect-parent";
}

function names(id: string): readonly string[] {
  const files = readdirSync(join(FOLDER, id)).filter((name) => name.endsWith(".json"));
  return files.map((name) => name.replace(".json", ""));
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
  /** One of {@link goldenSignatures}. @default "signature" */
  readonly signature?: string;
}

/** The real adapter over the real wire, but for time. */
export async function openGolden(
  id: string,
  server: Pick<LoopbackServer, "origin" | "ca">,
  { signature = "signature", ...options }: OpenOptions,
): Promise<Opened> {
  const descriptor = descriptorOf(id);
  const credential = credentialOf(readGolden<GoldenSignature>(id, signature));
  const credentials: Credentials = Object.fromEntries(
    descriptor.credentials.map((field) => [field, new Secret(credential[field])]),
  );
  const timer = instantTimer();
  const { origin, ca } = server;
  const wire = await connect({ headers: {}, ...options, descriptor, credentials, origin, ca, rateScale: 1, timer });
  return { adapter: (await loadAdapter(id))(wire), timer };
}

/** Asks what a golden call asks. Secrets come back in clear, to be compared. */
export async function ask(adapter: KeyAdapter, { operation, input }: Pick<GoldenCall, "operation" | "input">): Promise<unknown> {
  const { subAccount = "", apiKey = "" } = input;
  if (operation === "inspectParent") return adapter.inspectParent();
  if (operation === "list") return listInFull(adapter, subAccount);
  if (operation === "find") return adapter.find?.(subAccount, apiKey);
  if (operation === "revoke") return adapter.revoke(subAccount, apiKey, passphraseIn(input));
  if (operation === "set") return adapter.set(subAccount, apiKey, specOf(input));
  if (operation === "listSubAccounts") return adapter.subAccounts?.list();
  if (operation === "createSubAccount") return adapter.subAccounts?.create(newSubAccount(input));
  if (operation === "enableSubAccount") return enable(adapter, input);
  const issued = await adapter.issue(subAccount, specOf(input));
  const passphrase = issued.passphrase === undefined ? {} : { passphrase: issued.passphrase.reveal() };
  return { apiKey: issued.apiKey, ...(issued.secret === undefined ? {} : { secret: issued.secret.reveal() }), ...passphrase };
}

function newSubAccount({ name = "", remark, password }: GoldenCall["input"]): NewSubAccount {
  const secret = password === undefined ? {} : { password: new Secret(password) };
  return { name, ...(remark === undefined ? {} : { remark }), ...secret };
}

async function enable({ subAccounts }: KeyAdapter, { subAccount: id = "", uid, product }: GoldenCall["input"]): Promise<void> {
  if (product === undefined) throw new Error("the golden file has no product");
  await subAccounts?.enable?.({ id, name: id, frozen: false, ...(uid === undefined ? {} : { uid }) }, product);
}

function specOf(input: GoldenCall["input"]): KeySpec {
  if (input.spec === undefined) throw new Error("the golden file has no spec");
  const passphrase = passphraseIn(input);
  return { ...input.spec, ...(passphrase === undefined ? {} : { passphrase }) };
}

function passphraseIn({ passphrase }: GoldenCall["input"]): Secret | undefined {
  return passphrase === undefined ? undefined : new Secret(passphrase);
}
