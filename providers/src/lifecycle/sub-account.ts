import { isKind, KeyError } from "../core/errors";
import type { Drift } from "../core/record";
import { Secret } from "../core/secret";
import {
  findSubAccounts,
  lackingProducts,
  pickSubAccountInputs,
  type SubAccountInputs,
  type SubAccountOutputs,
  subAccountDrift,
} from "../core/sub-account";
import type { Scope } from "../core/words";
import type { ObservedSubAccount, SubAccountAdapter } from "../exchanges/adapter";
import type { Exchange, ParentAddress, Surroundings } from "./surroundings";

interface SubAccountSurroundings extends Pick<Surroundings, "sleep" | "notice" | "passphrase"> {
  exchange(address: ParentAddress): Promise<Pick<Exchange, "adapter">>;
}

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
  const found = await look(inputs, reach);
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

/** What differs, or that two complete lists agree that it is gone. `undefined` when nothing differs. */
export async function observeSubAccount(
  { id, outputs }: RecordedSubAccount,
  surroundings: SubAccountSurroundings,
): Promise<{ readonly gone: true } | { readonly gone: false; readonly drift: Drift | undefined }> {
  const { subAccounts, pause } = await open(outputs, surroundings);
  const again = async (): Promise<ObservedSubAccount | undefined> => (await subAccounts.list()).find((one) => one.id === id);
  let seen = await again();
  if (seen === undefined) {
    await pause();
    seen = await again();
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
  /** A new one, for exchanges that ask for it. */
  password(): Secret | undefined;
}

async function open(inputs: SubAccountInputs, surroundings: SubAccountSurroundings): Promise<Reach> {
  const { adapter } = await surroundings.exchange(inputs);
  const { subAccounts, descriptor } = adapter;
  if (subAccounts === undefined) throw refusal(inputs, "NotSupported", { message: "sub-accounts are made by hand there" });
  const password = descriptor.subAccounts?.password?.value;
  return {
    subAccounts,
    pause: () => surroundings.sleep(descriptor.propagationMs.value),
    password: () => (password === undefined ? undefined : new Secret(surroundings.passphrase(password))),
  };
}

/** @throws KeyError `Conflict` when more than one can be meant: which of them is a person's to say */
async function look(inputs: SubAccountInputs, { subAccounts }: Reach): Promise<ObservedSubAccount | undefined> {
  const [found, ...others] = findSubAccounts(await subAccounts.list(), inputs);
  if (found === undefined || others.length === 0) return found;
  const ids = [found, ...others].map(({ id }) => id).join(", ");
  throw refusal(inputs, "Conflict", {
    message: `the parent has more than one of this name: ${ids}`,
    hint: "Declare one of these as uid, in place of name.",
  });
}

/** The password is made here and forgotten here: nobody ever logs in to what only keys use. */
async function make(inputs: SubAccountInputs, reach: Reach): Promise<ObservedSubAccount> {
  const { name, uid, remark } = inputs;
  if (name === undefined || uid !== undefined) {
    throw refusal(inputs, "NotFound", {
      message: "the parent has no sub-account with this uid",
      hint: "Leave uid out to make one.",
    });
  }
  const password = reach.password();
  const wanted = { name, ...(remark === undefined ? {} : { remark }), ...(password === undefined ? {} : { password }) };
  try {
    const made = await reach.subAccounts.create(wanted);
    await reach.pause();
    return made;
  } catch (error) {
    // An answer that cannot be read may have been a yes as well.
    if (!isKind(error, "OutcomeUnknown", "BadResponse")) throw error;
    await reach.pause();
    const found = await look(inputs, reach);
    if (found === undefined) throw error;
    return found;
  }
}

/** Enables what lacks, and refuses what no call can put right. */
async function settle(inputs: SubAccountInputs, seen: ObservedSubAccount, reach: Reach): Promise<void> {
  const { products: _, ...drift } = subAccountDrift(inputs, seen);
  if (seen.frozen) {
    throw refusal(inputs, "AccountBlocked", {
      message: "it is frozen",
      hint: "It is never unfrozen here: whoever froze it had a reason. Unfreeze it on the exchange's page.",
    });
  }
  const [differing] = Object.keys(drift);
  if (differing !== undefined) {
    throw refusal(inputs, "Conflict", { message: `its ${differing} is another one at the exchange than declared` });
  }
  if (lackingProducts(inputs, seen).length > 0) await enableLacking(inputs, seen, reach);
}

/** A refusal may mean that it is enabled already, by an earlier request whose answer was lost: what counts is what is seen afterwards. */
async function enableLacking(inputs: SubAccountInputs, seen: ObservedSubAccount, reach: Reach): Promise<void> {
  const { subAccounts, pause } = reach;
  const refusals = new Map<Scope, unknown>();
  for (const product of lackingProducts(inputs, seen)) {
    await subAccounts.enable?.(seen, product).catch((error: unknown) => refusals.set(product, error));
  }
  await pause();
  const now = (await subAccounts.list()).find(({ id }) => id === seen.id);
  const [lacking, ...others] = now === undefined ? (inputs.products ?? []) : lackingProducts(inputs, now);
  if (lacking === undefined) return;
  const refused = refusals.get(lacking);
  if (refused !== undefined) throw refused;
  throw refusal(inputs, "Conflict", {
    message: `${[lacking, ...others].join(", ")} cannot be seen to be enabled, though nothing was refused`,
    hint: "Run up again. If it stays so, enable it on the exchange's page: some want an agreement signed there.",
  });
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
