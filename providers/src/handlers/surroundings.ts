import { randomBytes, randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { AwsSurroundings } from "../aws-api/endpoint";
import { KeyError } from "../core/errors";
import { parentProblems } from "../core/parent";
import { RevocationBudget } from "../core/revocation-budget";
import type { Secret } from "../core/secret";
import { DEFAULT_REVOCATION_BUDGET, isProblems, type Settings } from "../core/settings";
import { shown } from "../core/shown";
import type { Trust } from "../core/trust";
import type { Environment } from "../core/words";
import { type DocumentSealer, resolveReference } from "../credentials/reference";
import { openDelivery } from "../deliver/aws-secret";
import type { Exchange, ParentAddress, Surroundings } from "../lifecycle/surroundings";
import { openStore } from "../publish/open-store";
import { processRuntime, processVariables } from "../runtime/process";
import type { Runtime } from "../runtime/runtime";
import { openSealer } from "../seal/open-sealer";
import { stampKeyOf } from "../seal/stamp";
import type { ParentAdapter } from "../wire/open";
import { accessOf } from "./access";
import { currentSettings, requireSettings } from "./settings";

/** The sandbox shows a change at once. Waiting the minutes that some exchanges ask for would only make tests slow. */
const SANDBOX_PATIENCE_MS = 1000;

/** Of this process: all resources of a run share it. */
const budget = new RevocationBudget();

/** Everything a create, update, read or delete reaches outside this process, but for exchanges. @param trust for AWS. By default the stack's */
export function openSurroundings(
  environment: Environment,
  trust: Trust | undefined = declaredTrust(),
): Omit<Surroundings, "exchange"> {
  const runtime = processRuntime(environment);
  const aws = awsSurroundings(environment, trust);
  return {
    store: (url) => openStore(url, { ...aws, notice }),
    sealer: (reference) => openSealer(reference, aws),
    delivery: (url) => openDelivery(url, aws),
    clock: runtime.clock,
    random: () => randomBytes(9).toString("base64url"),
    passphrase: makePassphrase,
    sleep: async (milliseconds) => {
      await sleep(environment === "sandbox" ? Math.min(milliseconds, SANDBOX_PATIENCE_MS) / runtime.rateScale : milliseconds);
    },
    beforeEnding: (ending) => budget.spend(ending, requireSettings().revocationBudget ?? DEFAULT_REVOCATION_BUDGET),
    notice,
  };
}

function declaredTrust(): Trust | undefined {
  const settings = currentSettings();
  return isProblems(settings) ? undefined : settings.trust;
}

function awsSurroundings(environment: Environment, trust: Trust | undefined): AwsSurroundings {
  return { environment, env: processVariables(), ...(trust === undefined ? {} : { trust }) };
}

function notice(text: string): void {
  process.stderr.write(`${shown(text)}\n`);
}

/** Opens exchanges. @param documentSealer opens the documents that parent credentials are kept in */
export function exchangesOf(environment: Environment, documentSealer: DocumentSealer): Surroundings["exchange"] {
  const surroundings = { ...awsSurroundings(environment, declaredTrust()), documentSealer };
  const secretOf = (reference: string): Promise<Secret> => resolveReference(reference, surroundings);
  return (address) => openForKey(address, { ...processRuntime(environment), secretOf });
}

/** One inspection per parent and run. */
const inspected = new WeakMap<ParentAdapter, Promise<void>>();

async function openForKey(address: ParentAddress, runtime: Runtime): Promise<Exchange> {
  const settings = requireSettings();
  const access = accessOf(address, settings);
  // Loaded here: a program, and most of a preview, never reach an exchange.
  const { openExchange } = await import("../wire/open.js");
  const adapter = await openExchange(access, runtime);
  await inspectOnce(adapter, { account: address.account, settings, runtime });
  const stampKeys = await stampKeysOf(adapter, { account: address.account, settings, runtime });
  return {
    adapter,
    stampKeys,
    fresh: (subAccount, inFull) => adapter.fresh(subAccount, inFull),
    shared: (subAccount, inFull) => adapter.list(subAccount, inFull),
    clockDifference: () => adapter.clockDifference(),
  };
}

/** Derived once per parent and run. */
const derived = new WeakMap<ParentAdapter, Promise<Exchange["stampKeys"]>>();

function stampKeysOf(adapter: ParentAdapter, { account, settings, runtime }: Parent): Promise<Exchange["stampKeys"]> {
  const known = derived.get(adapter);
  if (known !== undefined) return known;
  const reference = settings.accounts[account]?.stampKey;
  const own = stampKeyOf(adapter.parentSecret);
  const keys = (async (): Promise<Exchange["stampKeys"]> =>
    reference === undefined ? [own] : [stampKeyOf(await runtime.secretOf(reference)), own])();
  derived.set(adapter, keys);
  keys.catch(() => derived.delete(adapter));
  return keys;
}

interface Parent {
  readonly account: string;
  readonly settings: Settings;
  readonly runtime: Runtime;
}

/** The parent key is the most dangerous of all: it is looked at once a run, where it can look at itself. */
async function inspectOnce(adapter: ParentAdapter, parent: Parent): Promise<void> {
  if (adapter.descriptor.operations.inspectParent.can !== "yes") return;
  const known = inspected.get(adapter);
  if (known !== undefined) return known;
  const inspection = inspect(adapter, parent);
  inspected.set(adapter, inspection);
  inspection.catch(() => inspected.delete(adapter));
  return inspection;
}

async function inspect(adapter: ParentAdapter, { account, settings, runtime }: Parent): Promise<void> {
  const facts = await adapter.inspectParent();
  const context = { environment: settings.environment, accept: settings.accounts[account]?.accept, now: runtime.clock.now() };
  const problems = parentProblems(facts, context);
  if (problems.length === 0) return;
  throw new KeyError({
    kind: "PolicyViolation",
    exchange: adapter.descriptor.id,
    message: `the parent credential "${account}" is too dangerous for production: ${problems.join("; ")}`,
    hint: `Replace it, or accept each with a reason in exchange-keys:accounts.${account}.accept.`,
  });
}

/** At least one character of each set, the rest from all, in random order. */
function makePassphrase({ length, sets }: { readonly length: number; readonly sets: readonly string[] }): string {
  const all = sets.join("");
  const pick = (characters: string): string => characters.charAt(randomInt(characters.length));
  const characters = [...sets.map(pick), ...Array.from({ length: Math.max(0, length - sets.length) }, () => pick(all))];
  for (let index = characters.length - 1; index > 0; index -= 1) {
    const other = randomInt(index + 1);
    [characters[index], characters[other]] = [characters[other] ?? "", characters[index] ?? ""];
  }
  return characters.join("");
}
