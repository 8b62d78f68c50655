import { KeyError } from "../core/errors";
import type { ScheduledApiKeyInputs } from "../core/inputs";
import { endOf } from "../core/ownership";
import { relabelledRefusal } from "../core/relabelled";
import { publicKeyNeeded, rotationBlocked } from "../core/rotation";
import type { Step } from "../core/situation";

/** Steps that end a run with an error, because only a person can go on. */
export type Refusal = Extract<Step["do"], "refuse" | "refuseBlocked" | "refuseForeign" | "refuseRelabelled" | "askForKey">;

type Refusing<Name extends Refusal> = (
  context: { readonly inputs: ScheduledApiKeyInputs },
  step: Extract<Step, { readonly do: Name }>,
) => Promise<boolean>;

/** Each throws the KeyError that tells why, and touches nothing. */
export const REFUSALS: { readonly [Name in Refusal]: Refusing<Name> } = {
  refuseForeign: async ({ inputs }, { apiKeys }) => {
    throw new KeyError({
      kind: "Conflict",
      exchange: inputs.exchange,
      operation: `key "${inputs.name}"`,
      message: `the sub-account is declared exclusive, but holds keys that no document names: ${apiKeys.map(endOf).join(", ")}`,
      hint: "None was touched. Revoke them by hand if nobody uses them, publish where their document is, or use another sub-account.",
    });
  },
  refuseRelabelled: async ({ inputs }, { apiKeys }) => {
    throw relabelledRefusal(inputs, apiKeys);
  },
  refuseBlocked: async ({ inputs }, { version: { state, serial } }) => {
    throw new KeyError({
      kind: "AccountBlocked",
      exchange: inputs.exchange,
      operation: `key "${inputs.name}"`,
      message: `the exchange lists the ${state} version (serial ${serial}), and does not serve it: the key or its sub-account is locked or frozen`,
      hint: "Unlock it on the exchange's page and run up again. It was not touched; a new rotate.trigger supersedes it.",
    });
  },
  refuse: async ({ inputs }, blocked) => {
    throw rotationBlocked(inputs, blocked);
  },
  askForKey: async ({ inputs }, needed) => {
    throw publicKeyNeeded(inputs, needed);
  },
};

export function isRefusal(name: Step["do"]): name is Refusal {
  return Object.hasOwn(REFUSALS, name);
}
