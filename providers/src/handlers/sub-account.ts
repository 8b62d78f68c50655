/**
 * The object that Pulumi serialises for every SubAccount, as one `require` of this module. Its path is written into state and is
 * permanent, and it reads every older state.
 */
import type { dynamic } from "@pulumi/pulumi";
import { sameInput } from "../core/sets";
import { isProblems } from "../core/settings";
import { shownProblem } from "../core/shape";
import { SUB_ACCOUNT_INPUT_NAMES, type SubAccountInputs, type SubAccountOutputs, subAccountProblems } from "../core/sub-account";
import { plainly } from "./plain-errors";
import { currentSettings, refusedRun, takeRun } from "./settings";
import { standingIn, validationContext } from "./validation";

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

/** What reaches outside this machine. Loaded here: a program and a preview never need it. */
const acts = () => import("./sub-account-acts.js");

export async function create(inputs: SubAccountInputs & Code): Promise<dynamic.CreateResult> {
  return await (await acts()).create(inputs);
}

export async function update(
  id: string,
  olds: SubAccountOutputs & Code,
  news: SubAccountInputs & Code,
): Promise<dynamic.UpdateResult> {
  return await (await acts()).update(id, olds, news);
}

/** Gives declared inputs back, with one internal input that says what differs. `check` drops it, so that the next `up` repairs. */
export async function read(id: string, outputs: SubAccountOutputs & Code): Promise<dynamic.ReadResult> {
  return await (await acts()).read(id, outputs);
}

async function forget(id: string, outputs: SubAccountOutputs & Code): Promise<void> {
  await (await acts()).forget(id, outputs);
}

export { forget as delete };
