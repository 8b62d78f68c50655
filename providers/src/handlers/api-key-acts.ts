/** What the handler of an ApiKey does to exchanges and documents. */
import type { dynamic } from "@pulumi/pulumi";
import { pickInputs, type ScheduledApiKeyInputs } from "../core/inputs";
import { reasonOf } from "../core/reason";
import type { ApiKeyOutputs } from "../core/record";
import { createKey, Unfinished, updateKey } from "../lifecycle/api-key";
import { observe } from "../lifecycle/observe";
import { remove } from "../lifecycle/remove";
import { duringRun } from "../runtime/engine";
import { surroundingsOf, surroundingsToEnd } from "./journaled-surroundings";
import { bare, plainly } from "./plain-errors";

type Code = { readonly __provider?: unknown };

/** Issues the key. */
export async function create(inputs: ScheduledApiKeyInputs & Code): Promise<dynamic.CreateResult> {
  return await recording(inputs, async () => {
    const { id, outputs } = await createKey(withoutCode(inputs), surroundingsOf(inputs));
    return { id, outs: { ...outputs } };
  });
}

/** Makes the key as declared. */
export async function update(
  id: string,
  olds: ApiKeyOutputs & Code,
  news: ScheduledApiKeyInputs & Code,
): Promise<dynamic.UpdateResult> {
  return await recording(news, async () => {
    const outs = await updateKey({ id, outputs: olds }, withoutCode(news), surroundingsOf({ ...olds, ...news }));
    return { outs: { ...outs } };
  });
}

/** Gives declared inputs back, with one internal input that says what differs. `check` drops it, so that the next `up` repairs. */
export async function read(id: string, outputs: ApiKeyOutputs & Code): Promise<dynamic.ReadResult> {
  return await plainly(async () => {
    const { __provider: _, observed: __, ...recorded } = outputs;
    const observation = await observe(recorded, surroundingsOf(outputs));
    if (observation.gone) return { id: "" };
    const { drift } = observation;
    const inputs = pickInputs({ ...recorded });
    if (drift === undefined) return { id, props: { ...recorded }, inputs };
    return { id, props: { ...recorded, observed: drift }, inputs: { ...inputs, drift } };
  });
}

/** Ends every version that is this resource's. */
export async function removeKey(_id: string, outputs: ApiKeyOutputs & Code): Promise<void> {
  await plainly(async () => await remove(outputs, surroundingsToEnd(outputs)));
}

function withoutCode(inputs: ScheduledApiKeyInputs & Code): ScheduledApiKeyInputs {
  const { __provider: _, ...rest } = inputs;
  return rest;
}

/** A failure after something was done is recorded as a half-made resource, which must carry the code to go on with. */
async function recording<T>(inputs: Code, act: () => Promise<T>): Promise<T> {
  try {
    return await duringRun(act);
  } catch (error) {
    if (!(error instanceof Unfinished)) throw bare(reasonOf(error));
    const properties = { ...error.outputs, __provider: inputs.__provider };
    throw Object.assign(bare(error.reason), { id: error.id, properties, reasons: [error.reason] });
  }
}
