/**
 * The object that Pulumi serialises for every SubAccount, as one `require` of this module. Its path is written into state and is
 * permanent, and it reads every older state.
 */
import type { dynamic } from "@pulumi/pulumi";
import { sameInput } from "../core/sets";
import { isProblems } from "../core/settings";
import { shownProblem } from "../core/shape";
import {
  pickSubAccountInputs,
  SUB_ACCOUNT_INPUT_NAMES,
  type SubAccountInputs,
  type SubAccountOutputs,
  subAccountProblems,
} from "../core/sub-account";
import { createSubAccount, forgetSubAccount, observeSubAccount, updateSubAccount } from "../lifecycle/sub-account";
import { surroundingsOf } from "./journaled-surroundings";
import { plainly } from "./plain-errors";
import { currentSettings, refusedRun, takeRun } from "./settings";
import { standingIn, validationContext } from "./surroundings";

export { configure } from "./settings";

type Properties = Readonly<Record<string, unknown>>;
type Code = { readonly __provider?: unknown };

/** Refuses everything that is wrong, at once. Reaches nothing outside this machine. */
export async function check(olds: Properties, news: Properties): Promise<dynamic.CheckResult> {
  const { drift: _, __provider: __, ...declared } = takeRun(news);
  const settings = currentSettings();
  if (isProblems(settings)) return { inputs: declared, failures: settings.map(shownProblem) };
  return await plainly(async () => {
    const { now, problems } = standingIn(settings.environment);
    const before = Object.keys(olds).length === 0 ? undefined : olds;
    return {
      inputs: declared,
      failures: [...refusedRun(news), ...problems, ...subAccountProblems(declared, before, validationContext(settings, now))].map(
        shownProblem,
      ),
    };
  });
}

/** Never a replacement: nothing is ever ended here. */
export async function diff(
  _id: string,
  olds: SubAccountOutputs & Code,
  news: SubAccountInputs & Code,
): Promise<dynamic.DiffResult> {
  const changed = SUB_ACCOUNT_INPUT_NAMES.some((name) => !sameInput(olds[name], news[name]));
  return { changes: changed || olds.__provider !== news.__provider || olds.observed !== undefined };
}

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

async function forget(id: string, outputs: SubAccountOutputs & Code): Promise<void> {
  await plainly(async () => forgetSubAccount({ id, outputs }, surroundingsOf(outputs)));
}

export { forget as delete };
