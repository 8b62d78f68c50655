/** What the handler of a SubAccount does at exchanges. */
import type { dynamic } from "@pulumi/pulumi";
import { sameInput } from "../core/sets";
import {
  pickSubAccountInputs,
  SUB_ACCOUNT_INPUT_NAMES,
  type SubAccountInputs,
  type SubAccountOutputs,
} from "../core/sub-account";
import { createSubAccount, forgetSubAccount, observeSubAccount, updateSubAccount } from "../lifecycle/sub-account";
import { surroundingsOf } from "./journaled-surroundings";
import { plainly } from "./plain-errors";

type Code = { readonly __provider?: unknown };

/** Makes or adopts it. */
export async function create({ __provider: _, ...inputs }: SubAccountInputs & Code): Promise<dynamic.CreateResult> {
  return await plainly(async () => {
    const { id, outputs } = await createSubAccount(inputs, surroundingsOf(inputs));
    return { id, outs: { ...outputs } };
  });
}

/** Reaches the exchange only when something is declared otherwise, or the last read saw a difference. */
export async function update(
  id: string,
  olds: SubAccountOutputs & Code,
  { __provider: _, ...inputs }: SubAccountInputs & Code,
): Promise<dynamic.UpdateResult> {
  return await plainly(async () => {
    const { __provider: __, observed, ...outputs } = olds;
    const same = SUB_ACCOUNT_INPUT_NAMES.every((name) => sameInput(olds[name], inputs[name]));
    if (same && observed === undefined) return { outs: outputs };
    const outs = await updateSubAccount({ id, outputs }, inputs, surroundingsOf(inputs));
    return { outs: { ...outs } };
  });
}

/** Gives declared inputs back, with one internal input that says what differs. `check` drops it, so that the next `up` repairs. */
export async function read(id: string, outputs: SubAccountOutputs & Code): Promise<dynamic.ReadResult> {
  return await plainly(async () => {
    const { __provider: _, observed: __, ...recorded } = outputs;
    const observation = await observeSubAccount({ id, outputs: recorded }, surroundingsOf(outputs));
    if (observation.gone) return { id: "" };
    const { drift } = observation;
    const inputs = pickSubAccountInputs({ ...recorded });
    if (drift === undefined) return { id, props: recorded, inputs };
    return { id, props: { ...recorded, observed: drift }, inputs: { ...inputs, drift } };
  });
}

/** Forgets it. It lives on at the exchange. */
export async function forget(id: string, outputs: SubAccountOutputs & Code): Promise<void> {
  await plainly(async () => forgetSubAccount({ id, outputs }, surroundingsOf(outputs)));
}
