/**
 * The object that Pulumi serialises for every AdoptedApiKey, as one `require` of this module. Its path is written into state and is
 * permanent, and it reads every older state.
 */
import type { dynamic } from "@pulumi/pulumi";
import {
  ADOPTED_INPUT_NAMES,
  type AdoptedOutputs,
  adoptedReasons,
  type Watch,
  type WatchedInputs,
  watchOf,
} from "../core/adopted";
import { ADOPTED_HOLDER } from "../core/adopted-document";
import { adoptedProblems } from "../core/adopted-validate";
import { parseDuration } from "../core/duration";
import { identityOf, sameIdentity } from "../core/inputs";
import { localSealingProblems } from "../core/local-sealing";
import { sameInput } from "../core/sets";
import { isProblems, type Settings } from "../core/settings";
import { type Problem, shownProblem } from "../core/shape";
import type { Environment, Identity } from "../core/words";
import type { SealedDocument } from "../seal/document";
import { documentAtHand } from "./document-at-hand";
import { plainly } from "./plain-errors";
import { currentSettings, refusedRun, takeRun } from "./settings";
import { clockOf, standingIn, validationContext } from "./validation";

export { configure } from "./settings";

type Properties = Readonly<Record<string, unknown>>;
type Code = { readonly __provider?: unknown };

/** Refuses everything that is wrong, at once, and adds what is due as an input. Reaches nothing outside this machine. */
export async function check(olds: Properties, news: Properties): Promise<dynamic.CheckResult> {
  const { watch: _, drift: __, __provider: ___, ...declared } = takeRun(news);
  const settings = currentSettings();
  if (isProblems(settings)) return { inputs: declared, failures: settings.map(shownProblem) };
  return await plainly(async () => {
    const { now, problems } = standingIn(settings.environment);
    const document = await ownDocument(declared);
    const found = [...adoptedProblems(declared, validationContext(settings, now)), ...sealedProblems(document, settings)];
    const failures = [...refusedRun(news), ...problems, ...found].map(shownProblem);
    if (failures.length > 0) return { inputs: declared, failures };
    const watch = watchNow(olds.watch as Watch | undefined, { document, maxAge: declared.maxAge }, now);
    return { inputs: watch === undefined ? declared : { ...declared, watch } };
  });
}

/** What is published, where that is at hand. */
async function ownDocument(declared: Properties): Promise<SealedDocument | undefined> {
  const document = await documentAtHand(declared.environment as Environment, declared.publish);
  return isItsOwn(document, declared) ? document : undefined;
}

function isItsOwn(document: SealedDocument | undefined, declared: Properties): boolean {
  if (document === undefined || !document.holder.startsWith(ADOPTED_HOLDER)) return false;
  return sameIdentity(document.identity, identityOf(declared as Properties & Identity));
}

/** Where nobody declares the seal, the document says what sealed it. */
function sealedProblems(document: SealedDocument | undefined, settings: Settings): readonly Problem[] {
  const current = document?.versions.find(({ state }) => state === "current");
  const problems = current === undefined ? [] : localSealingProblems(current.key, settings);
  return problems.map((reason) => ({ property: "publish", reason: `names a document whose seal ${reason}` }));
}

function watchNow(
  old: Watch | undefined,
  { document, maxAge }: { readonly document: SealedDocument | undefined; readonly maxAge: unknown },
  now: Date,
): Watch | undefined {
  // Not known yet in this preview: what was due stays as it was shown.
  if (typeof maxAge !== "string" || parseDuration(maxAge) === undefined) return old;
  return watchOf(old, { document, maxAge }, now);
}

/** What an update would have to record. Never a replacement, because nothing is ever made or ended here. */
export async function diff(_id: string, olds: AdoptedOutputs & Code, news: WatchedInputs & Code): Promise<dynamic.DiffResult> {
  return await plainly(async () => {
    const changed = ADOPTED_INPUT_NAMES.some((name) => !sameInput(olds[name], news[name]));
    const code = olds.__provider !== news.__provider;
    // Only inputs that are as they were are certain to hold no unknown value.
    return { changes: changed || code || adoptedReasons(olds, clockOf(news.environment).now()).length > 0 };
  });
}

/** What reaches outside this machine. Loaded here: a program and a preview never need it. */
const acts = () => import("./adopted-api-key-acts.js");

export async function create(inputs: WatchedInputs & Code): Promise<dynamic.CreateResult> {
  return await (await acts()).create(inputs);
}

export async function update(id: string, olds: AdoptedOutputs & Code, news: WatchedInputs & Code): Promise<dynamic.UpdateResult> {
  return await (await acts()).update(id, olds, news);
}

/** Gives declared inputs back, with one internal input that says what differs. `check` drops it, so that the next `up` shows it. */
export async function read(id: string, outputs: AdoptedOutputs & Code): Promise<dynamic.ReadResult> {
  return await (await acts()).read(id, outputs);
}

async function forget(id: string, outputs: AdoptedOutputs & Code): Promise<void> {
  await (await acts()).forget(id, outputs);
}

export { forget as delete };
