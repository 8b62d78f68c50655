/** What the handler of an AdoptedApiKey reads of documents, and of the key itself. */
import type { dynamic } from "@pulumi/pulumi";
import { type AdoptedOutputs, pickAdoptedInputs, type WatchedInputs } from "../core/adopted";
import { resourceId } from "../core/inputs";
import { forgetAdopted, observeAdopted, recordAdopted } from "../lifecycle/adopted-key";
import { adoptedSurroundingsOf } from "./journaled-surroundings";
import { plainly } from "./plain-errors";

type Code = { readonly __provider?: unknown };

/** Records what its document says. */
export async function create({ __provider: _, ...inputs }: WatchedInputs & Code): Promise<dynamic.CreateResult> {
  return await plainly(async () => {
    const outs = await recordAdopted(inputs, undefined, adoptedSurroundingsOf(inputs));
    return { id: resourceId(inputs), outs: { ...outs } };
  });
}

/** Records it again. */
export async function update(
  _id: string,
  olds: AdoptedOutputs & Code,
  { __provider: _, ...inputs }: WatchedInputs & Code,
): Promise<dynamic.UpdateResult> {
  return await plainly(async () => {
    const outs = await recordAdopted(inputs, olds, adoptedSurroundingsOf(inputs));
    return { outs: { ...outs } };
  });
}

/** Gives declared inputs back, with one internal input that says what differs. `check` drops it, so that the next `up` shows it. */
export async function read(id: string, outputs: AdoptedOutputs & Code): Promise<dynamic.ReadResult> {
  return await plainly(async () => {
    const { __provider: _, observed: __, watch: ___, ...rest } = outputs;
    const { drift, watch } = await observeAdopted(outputs, adoptedSurroundingsOf(outputs));
    const recorded = { ...rest, ...(watch === undefined ? {} : { watch }) };
    const inputs = pickAdoptedInputs(recorded);
    if (drift === undefined) return { id, props: recorded, inputs };
    return { id, props: { ...recorded, observed: drift }, inputs: { ...inputs, drift } };
  });
}

/** Forgets it. The key lives on at the exchange. */
export async function forget(_id: string, outputs: AdoptedOutputs & Code): Promise<void> {
  await plainly(async () => forgetAdopted(outputs, adoptedSurroundingsOf(outputs)));
}
