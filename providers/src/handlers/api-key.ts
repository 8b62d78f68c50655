/**
 * The object that Pulumi serialises for every ApiKey, as one `require` of this module. Its path is written into state and is permanent,
 * and it reads every older state. Only the handlers know the dynamic provider's interface.
 */
import type { dynamic } from "@pulumi/pulumi";
import { exchangeReasons } from "../core/causes";
import { parseDuration } from "../core/duration";
import { FIXED_NAMES, INPUT_NAMES, type ScheduledApiKeyInputs, UNKNOWN } from "../core/inputs";
import { withCanonicalKey } from "../core/public-key-problems";
import { type ApiKeyOutputs, recordedIn } from "../core/record";
import { refusedRotation } from "../core/rotation";
import { type Rotate, type ScheduledInputs, scheduleOf } from "../core/schedule";
import { sameInput } from "../core/sets";
import { isProblems } from "../core/settings";
import { shownProblem } from "../core/shape";
import { problemsOf } from "../core/validate";
import { plainly } from "./plain-errors";
import { currentSettings, refusedRun, takeRun } from "./settings";
import { clockOf, standingIn, validationContext } from "./validation";

export { configure } from "./settings";

type Properties = Readonly<Record<string, unknown>>;
type Code = { readonly __provider?: unknown };

/** Refuses everything that is wrong, at once, and adds what is due as an input. Reaches nothing outside this machine. */
export async function check(olds: Properties, news: Properties): Promise<dynamic.CheckResult> {
  const declared = withCanonicalKey(pickDeclared(news));
  const settings = currentSettings();
  if (isProblems(settings)) return { inputs: declared, failures: settings.map(shownProblem) };
  return await plainly(async () => {
    const before = Object.keys(olds).length === 0 ? undefined : olds;
    const { now, problems } = standingIn(settings.environment);
    const failures = [...refusedRun(news), ...problems, ...problemsOf(declared, before, validationContext(settings, now))];
    if (failures.length > 0) return { inputs: declared, failures: failures.map(shownProblem) };
    const rotate = knownRotate(declared.rotate);
    if (rotate === undefined) return { inputs: withSchedule(declared, before?.schedule) };
    return { inputs: { ...declared, schedule: scheduleOf(before as ScheduledInputs | undefined, { ...declared, rotate }, now) } };
  });
}

/** What an update would have to do. Never a replacement, but where a person accepted one. */
export async function diff(
  _id: string,
  olds: ApiKeyOutputs & Code,
  news: ScheduledApiKeyInputs & Code,
): Promise<dynamic.DiffResult> {
  return await plainly(async () => {
    const replaces = news.replaceAtOnce === true ? FIXED_NAMES.filter((name) => differs(olds[name], news[name])) : [];
    // There is no overlap then, and a place holds the document of one key at a time.
    if (replaces.length > 0) return { changes: true, replaces, deleteBeforeReplace: olds.publish === news.publish };
    requirePossible(olds, news);
    const changed = INPUT_NAMES.some((name) => !sameInput(olds[name], news[name]));
    const code = olds.__provider !== news.__provider;
    // Only inputs that are as they were are certain to hold no unknown value, and may be looked into.
    return { changes: changed || code || exchangeReasons(news, olds, clockOf(news.environment).now()).length > 0 };
  });
}

/** What `up` would refuse is refused in the preview. Nothing can be said of inputs that are not all known. @throws KeyError `RotationBlocked`, `PublicKeyNeeded` */
function requirePossible(olds: ApiKeyOutputs, news: ScheduledApiKeyInputs): void {
  if (JSON.stringify(news).includes(UNKNOWN)) return;
  const refused = refusedRotation(news, recordedIn(olds), clockOf(news.environment).now());
  if (refused !== undefined) throw refused;
}

/** What reaches outside this machine. Loaded here: a program and a preview never need it. */
const acts = () => import("./api-key-acts.js");

export async function create(inputs: ScheduledApiKeyInputs & Code): Promise<dynamic.CreateResult> {
  return await (await acts()).create(inputs);
}

export async function update(
  id: string,
  olds: ApiKeyOutputs & Code,
  news: ScheduledApiKeyInputs & Code,
): Promise<dynamic.UpdateResult> {
  return await (await acts()).update(id, olds, news);
}

/** Gives declared inputs back, with one internal input that says what differs. `check` drops it, so that the next `up` repairs. */
export async function read(id: string, outputs: ApiKeyOutputs & Code): Promise<dynamic.ReadResult> {
  return await (await acts()).read(id, outputs);
}

async function removeKey(id: string, outputs: ApiKeyOutputs & Code): Promise<void> {
  await (await acts()).removeKey(id, outputs);
}

export { removeKey as delete };

/** The inputs a program gives. Whatever this provider added to state itself is dropped and made anew. */
function pickDeclared(news: Properties): Properties {
  const { schedule: _, drift: __, __provider: ___, ...declared } = takeRun(news);
  return declared;
}

/** While the rotation is unknown, what was due stays as it was shown. */
function withSchedule(declared: Properties, schedule: unknown): Properties {
  return schedule === undefined ? declared : { ...declared, schedule };
}

/** The rotation, unless a preview does not know all of it yet: then nothing can be said of what is due. */
function knownRotate(value: unknown): Rotate | undefined {
  const rotate = value as Rotate;
  const known = [rotate.every, rotate.overlap].every((text) => parseDuration(text) !== undefined);
  return known && rotate.trigger !== UNKNOWN ? rotate : undefined;
}

/** An unknown value may turn out to be what it was, and a replacement kills the old key. */
function differs(old: string, wanted: string): boolean {
  return wanted !== UNKNOWN && old !== wanted;
}
