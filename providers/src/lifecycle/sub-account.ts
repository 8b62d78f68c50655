import { isKind, KeyError } from "../core/errors";
import type { Drift } from "../core/record";
import {
  findSubAccount,
  lackingProducts,
  pickSubAccountInputs,
  type SubAccountInputs,
  type SubAccountOutputs,
  subAccountDrift,
} from "../core/sub-account";
import type { ObservedSubAccount, SubAccountAdapter } from "../exchanges/adapter";
import type { Surroundings } from "./surroundings";

type SubAccountSurroundings = Pick<Surroundings, "exchange" | "sleep" | "notice">;

/** A sub-account as it is recorded, by the id that keys of it are asked for by. */
export interface RecordedSubAccount {
  readonly id: string;
  readonly outputs: SubAccountOutputs;
}

/**
 * Uses the sub-account that is there, or makes it. Looks first, so that a run whose answer was lost is made up for by the next one.
 * @throws KeyError
 */
export async function createSubAccount(
  inputs: SubAccountInputs,
  surroundings: SubAccountSurroundings,
): Promise<RecordedSubAccount> {
  const reach = await open(inputs, surroundings);
  const found = findSubAccount(await reach.subAccounts.list(), inputs);
  if (found !== undefined) surroundings.notice(`${called(inputs)} is there already and is used as it is`);
  const seen = found ?? (await make(inputs, reach));
  await settle(inputs, seen, reach);
  return { id: seen.id, outputs: outputsOf(inputs, found === undefined) };
}

/** Enables what is declared. @throws KeyError where nobody but a person can make it as declared */
export async function updateSubAccount(
  recorded: RecordedSubAccount,
  inputs: SubAccountInputs,
  surroundings: SubAccountSurroundings,
): Promise<SubAccountOutputs> {
  const reach = await open(inputs, surroundings);
  const seen = (await reach.subAccounts.list()).find((one) => one.id === recorded.id);
  if (seen === undefined) {
    throw refusal(inputs, "NotFound", { message: "it is gone from the exchange", hint: "Run up --refresh to make it anew." });
  }
  await settle(inputs, seen, reach);
  return outputsOf(inputs, recorded.outputs.made);
}

/** What differs, `undefined` when nothing; or that two complete lists agree that it is gone. */
export async function observeSubAccount(
  { id, outputs }: RecordedSubAccount,
  surroundings: SubAccountSurroundings,
): Promise<{ readonly gone: true } | { readonly gone: false; readonly drift: Drift | undefined }> {
  const { subAccounts, pause } = await open(outputs, surroundings);
  const look = async (): Promise<ObservedSubAccount | undefined> => (await subAccounts.list()).find((one) => one.id === id);
  let seen = await look();
  if (seen === undefined) {
    await pause();
    seen = await look();
  }
  if (seen === undefined) return { gone: true };
  const drift = subAccountDrift(outputs, seen);
  return { gone: false, drift: Object.keys(drift).length === 0 ? undefined : drift };
}

/** Forgets the sub-account, loudly: it may hold funds. */
export function forgetSubAccount({ id, outputs }: RecordedSubAccount, surroundings: Pick<Surroundings, "notice">): void {
  surroundings.notice(
    `${called(outputs)} (${id}) STILL EXISTS at the exchange, with all that it holds: it is only forgotten here`,
  );
}

interface Reach {
  readonly subAccounts: SubAccountAdapter;
  /** As long as a change takes to be seen. */
  pause(): Promise<void>;
}

async function open(inputs: SubAccountInputs, surroundings: SubAccountSurroundings): Promise<Reach> {
  const { adapter } = await surroundings.exchange(inputs);
  const { subAccounts } = adapter;
  if (subAccounts === undefined) throw refusal(inputs, "NotSupported", { message: "sub-accounts are made by hand there" });
  return { subAccounts, pause: () => surroundings.sleep(adapter.descriptor.propagationMs.value) };
}

async function make(inputs: SubAccountInputs, { subAccounts, pause }: Reach): Promise<ObservedSubAccount> {
  const { name, uid } = inputs;
  if (name === undefined || uid !== undefined) {
    throw refusal(inputs, "NotFound", {
      message: "the parent has no sub-account with this uid",
      hint: "Leave uid out to make one.",
    });
  }
  try {
    const made = await subAccounts.create(name);
    await pause();
    return made;
  } catch (error) {
    if (!isKind(error, "OutcomeUnknown")) throw error;
    await pause();
    const found = findSubAccount(await subAccounts.list(), inputs);
    if (found === undefined) throw error;
    return found;
  }
}

/** Enables what lacks, and refuses what no call can put right. */
async function settle(inputs: SubAccountInputs, seen: ObservedSubAccount, { subAccounts, pause }: Reach): Promise<void> {
  const { products: _, ...drift } = subAccountDrift(inputs, seen);
  if (seen.frozen)
    throw refusal(inputs, "AccountBlocked", { message: "it is frozen", hint: "Unfreeze it on the exchange's page." });
  const [differing] = Object.keys(drift);
  if (differing !== undefined) {
    throw refusal(inputs, "Conflict", { message: `its ${differing} is another one at the exchange than declared` });
  }
  const lacking = lackingProducts(inputs, seen);
  if (lacking.length === 0) return;
  await subAccounts.enable?.(seen, lacking);
  await pause();
}

function outputsOf(inputs: SubAccountInputs, made: boolean): SubAccountOutputs {
  return JSON.parse(JSON.stringify({ ...pickSubAccountInputs({ ...inputs }), made })) as SubAccountOutputs;
}

function called({ exchange, account, name, uid }: SubAccountInputs): string {
  return `${exchange}: sub-account "${name ?? uid}" of "${account}"`;
}

function refusal(
  inputs: SubAccountInputs,
  kind: "AccountBlocked" | "Conflict" | "NotFound" | "NotSupported",
  facts: { readonly message: string; readonly hint?: string },
): KeyError {
  const { exchange, name, uid } = inputs;
  return new KeyError({ kind, exchange, operation: `sub-account "${name ?? uid}"`, ...facts });
}
