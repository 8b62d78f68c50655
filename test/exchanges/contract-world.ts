import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ErrorKind, isKind } from "../../providers/src/core/errors";
import { makeLabel } from "../../providers/src/core/label";
import { effectiveScopes } from "../../providers/src/core/scopes";
import { Secret } from "../../providers/src/core/secret";
import type { Scope } from "../../providers/src/core/words";
import type { KeySpec, ListedKey, NewSubAccount } from "../../providers/src/exchanges/adapter";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";
import { type Runtime, readRuntime } from "../../providers/src/runtime/runtime";
import type { SharedAdapter } from "../../providers/src/wire/listing";
import { openExchange } from "../../providers/src/wire/open";
import { type StartedSandbox, startSandbox } from "../../sandbox/start";

export const ADDRESS = "203.0.113.7";
export const ANOTHER = "203.0.113.8";

/** Numbers parents and labels, so that nothing is shared between cases but the exchange. */
let counter = 0;

/** One exchange of a running sandbox, as a case sees it. */
export class ContractWorld {
  #sandbox: StartedSandbox | undefined;
  readonly #folder = mkdtempSync(join(tmpdir(), "contract-"));

  constructor(readonly descriptor: Descriptor) {}

  async start(): Promise<void> {
    this.#sandbox = await startSandbox({ dir: this.#folder, rateScale: 50, seed: 1 });
  }

  async stop(): Promise<void> {
    await this.#sandbox?.stop();
    rmSync(this.#folder, { recursive: true });
  }

  /** Leaves nothing of the case before. */
  async clean(): Promise<void> {
    for (const key of await this.control.keys(this.descriptor.id)) await this.control.removeKey(this.descriptor.id, key.apiKey);
    await this.control.clearFaults();
    await this.control.clearRequests();
  }

  get control(): StartedSandbox["control"] {
    return this.#running.control;
  }

  get subAccounts(): readonly [string, string] {
    const [one = "", two = ""] = this.#running.files.subAccounts[this.descriptor.id] ?? [];
    return [one, two];
  }

  get runtime(): Runtime {
    return readRuntime("sandbox", { EXCHANGE_KEYS_SANDBOX: join(this.#folder, "sandbox.json") });
  }

  /** A parent of its own. */
  open(change: Partial<Runtime> = {}): Promise<SharedAdapter> {
    const { id, credentials } = this.descriptor;
    counter += 1;
    const references = Object.fromEntries(
      credentials.map((field) => [field, `file:${join(this.#folder, "parents", `${id}.${field}`)}`]),
    );
    const access = { environment: "sandbox", exchange: id, account: `parent-${counter}`, credentials: references } as const;
    return openExchange(access, { ...this.runtime, ...change });
  }

  spec(change: Partial<KeySpec> = {}): KeySpec {
    counter += 1;
    const { value: rules } = this.descriptor.label;
    const label = rules === "none" ? "" : makeLabel("contractor", counter, { text: "", rules });
    const scopes = this.exactly(["read", "spot"]);
    return { label, scopes, ipWhitelist: [ADDRESS], ...passphraseOf(this.descriptor), ...change };
  }

  /** A sub-account of this name, with all that its exchange wants to be told. */
  newSubAccount(name: string): NewSubAccount {
    const rules = this.descriptor.subAccounts?.password?.value;
    return { name, ...(rules === undefined ? {} : { password: secretOf(rules) }) };
  }

  /** The narrowest declaration that holds `wanted`. */
  exactly(wanted: readonly Scope[]): readonly Scope[] {
    const plan = effectiveScopes(this.descriptor.grants.value, wanted);
    return plan.kind === "exact" ? plan.effective : [...wanted, ...plan.additions];
  }

  async seen(adapter: SharedAdapter, apiKey: string): Promise<ListedKey | undefined> {
    return (await adapter.fresh(this.subAccounts[0])).find((key) => key.apiKey === apiKey);
  }

  /** How many requests of this operation the exchange got. */
  async sent(operation: string): Promise<number> {
    return (await this.control.requests()).filter((request) => request.operation === operation).length;
  }

  get #running(): StartedSandbox {
    if (this.#sandbox === undefined) throw new Error("the sandbox is not running");
    return this.#sandbox;
  }
}

export async function fails(act: Promise<unknown>, ...kinds: readonly ErrorKind[]): Promise<void> {
  await assert.rejects(act, (error) => isKind(error, ...kinds));
}

export const scopesOf = (key: ListedKey | undefined): readonly string[] => [...(key?.scopes ?? [])].sort();

function passphraseOf({ passphrase }: Descriptor): { readonly passphrase?: Secret } {
  return passphrase === undefined ? {} : { passphrase: secretOf(passphrase.value) };
}

/** By an exchange's rules. */
export function secretOf({ sets, length }: { readonly length: number; readonly sets: readonly string[] }): Secret {
  const pick = (set: string): string => set.charAt(randomInt(set.length));
  return new Secret(Array.from({ length }, (_, index) => pick(sets[index % sets.length] ?? "")).join(""));
}
