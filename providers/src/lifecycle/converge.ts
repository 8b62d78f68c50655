import { answersTrigger } from "../core/causes";
import { clockError } from "../core/clock-difference";
import { isKind, KeyError } from "../core/errors";
import { judgedInFull } from "../core/in-full";
import type { ScheduledApiKeyInputs } from "../core/inputs";
import { nameOf, ownershipOf } from "../core/ownership";
import { plan } from "../core/plan";
import { type Recorded, type Stray, versionIn } from "../core/record";
import type { Situation, Step } from "../core/situation";
import type { ApiKeyId } from "../core/words";
import { notingEnded } from "./ended";
import { incidentFailure } from "./incident";
import { issueVersion } from "./issue";
import { ownSealsOf } from "./passphrase";
import type { Known } from "./place";
import { Progress } from "./progress";
import { isRefusal } from "./refusals";
import type { StepContext } from "./step-context";
import { perform } from "./steps";
import type { Surroundings } from "./surroundings";

/** Rounds of plan and act after which something does not settle. A rotation with an overlap of 0 takes six. */
const MAX_ROUNDS = 12;

/** The same step on the same key is tried this often. The exchange is then not doing what it answers. */
const MAX_REPEATS = 2;

/** A wait that people see the reason of. */
const LONG_MS = 10_000;

/** How a run ended: what to record, and the error that stopped it, if one did. */
export interface Outcome {
  readonly recorded: Recorded;
  readonly failure: unknown;
}

/**
 * Makes exchange and document as declared: plan, act, look again, until nothing is left to do. Never throws after it has touched
 * anything. What was reached is in the outcome.
 */
export async function converge(inputs: ScheduledApiKeyInputs, start: Known, surroundings: Surroundings): Promise<Outcome> {
  const exchange = await surroundings.exchange(inputs);
  const ownSeals = ownSealsOf(inputs.seal, start.recorded);
  const progress = await Progress.start(inputs, start, { surroundings, exchange });
  try {
    await new Convergence({ inputs, exchange, progress, surroundings, ownSeals }).run();
    return { recorded: progress.recorded, failure: undefined };
  } catch (failure) {
    return { recorded: progress.recorded, failure };
  }
}

type ClockedSituation = Situation & { readonly clockDifferenceMs: number };

/** What waits for a clock waits last of all. @throws KeyError `ClockSkew` */
function requireClock(situation: ClockedSituation): void {
  const waiting = plan({ ...situation, clockDifferenceMs: 0 });
  if (waiting.length > 0) throw clockError(waiting, situation);
}

class Convergence {
  private readonly context: StepContext;
  private readonly ended = new Set<ApiKeyId>();
  private readonly repeats = new Map<string, number>();
  private lostAnswers = 0;

  constructor(context: Pick<StepContext, "inputs" | "exchange" | "progress" | "surroundings" | "ownSeals">) {
    const { place, isIntentRecorded } = context.progress;
    // Without state nothing tells whether a good document is the newest: an older one bears as good a stamp.
    const isHidden = place.takesOver || (place.worth !== "same" && place.worth !== "good");
    const run = {
      issued: new Set<string>(),
      failed: new Map<string, KeyError>(),
      isHidden,
      isIntentRecorded,
      hints: place.hints,
    };
    this.context = { ...context, exchange: notingEnded(context.exchange, this.ended), run, listed: [], held: new Map() };
  }

  async run(): Promise<void> {
    await this.awaitIntent();
    await this.look();
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const situation = await this.situation();
      const steps = plan(situation);
      if (steps.length === 0) return await this.end(situation);
      let changed = false;
      for (const step of steps) changed = (await this.act(step)) || changed;
      if (changed) await this.look();
    }
    throw this.unsettled("the key does not settle");
  }

  /** Nothing is left to do: a trigger is served now, and in an incident only if nothing failed. */
  private async end(situation: ClockedSituation): Promise<void> {
    const { inputs, progress, run, surroundings } = this.context;
    if (!progress.isIncident) requireClock(situation);
    const failure = await incidentFailure({ inputs, progress, failed: run.failed });
    if (failure !== undefined) throw failure;
    const { trigger } = inputs.rotate;
    const current = versionIn(progress.recorded.sealed, "current");
    if (trigger === undefined || current === undefined || !answersTrigger(current, inputs.rotate)) return;
    if (progress.isIncident)
      surroundings.notice(`${inputs.exchange} "${inputs.name}": nothing that was there before the trigger lives on`);
    progress.recorded = { ...progress.recorded, servedTrigger: trigger };
  }

  /** A list that still shows what was revoked is late: it is waited for once, and then believed. */
  private async look(): Promise<void> {
    const { context } = this;
    const { exchange, inputs, progress } = context;
    const inFull = judgedInFull(progress.recorded);
    context.listed = await exchange.fresh(inputs.subAccount, inFull);
    if (!context.listed.some(({ apiKey }) => this.ended.has(apiKey))) return;
    await this.wait(this.patience, "the exchange's list still shows a revoked key");
    context.listed = await exchange.fresh(inputs.subAccount, inFull);
  }

  /** An earlier run may have ended in the middle of an issue: the first list must be able to show its key. */
  private async awaitIntent(): Promise<void> {
    const { progress, surroundings } = this.context;
    const { intent } = progress.recorded.sealed;
    if (intent === undefined) return;
    // An intent is dated by the second.
    const rest = Date.parse(intent.at) + 1000 + this.patience - surroundings.clock.now().getTime();
    if (rest > 0) await this.wait(Math.min(rest, this.patience), "an earlier run ended in the middle of an issue");
  }

  /** How late a list may be. */
  private get patience(): number {
    return this.context.exchange.adapter.descriptor.propagationMs.value;
  }

  private async wait(milliseconds: number, why: string): Promise<void> {
    const { inputs, surroundings } = this.context;
    if (milliseconds >= LONG_MS)
      surroundings.notice(
        `${inputs.exchange} "${inputs.name}": ${why}; waiting ${Math.ceil(milliseconds / 1000)} s for its lists`,
      );
    await surroundings.sleep(milliseconds);
  }

  private async situation(): Promise<ClockedSituation> {
    const { inputs, exchange, progress, surroundings, listed, run } = this.context;
    const { descriptor } = exchange.adapter;
    return {
      inputs,
      recorded: progress.recorded,
      listed,
      ownership: ownershipOf(descriptor),
      inPlace: descriptor.inPlace.value,
      unlisted: descriptor.unlisted?.value ?? [],
      now: surroundings.clock.now(),
      run: { ...run, failed: new Set(run.failed.keys()) },
      clockDifferenceMs: await exchange.clockDifference(),
    };
  }

  /** @returns true when the exchange has to be looked at again */
  private async act(step: Step): Promise<boolean> {
    this.count(step);
    // What else failed is told first.
    if (isRefusal(step.do)) {
      const { inputs, progress, run } = this.context;
      const failure = await incidentFailure({ inputs, progress, failed: run.failed });
      if (failure !== undefined) throw failure;
    }
    if (step.do !== "issue") return await perform(this.context, step);
    try {
      this.requireRoom();
      await issueVersion(this.context, step.serial);
    } catch (error) {
      const failure = this.isFull && isKind(error, "BadResponse", "InvalidInput", "NotSupported") ? this.full(error) : error;
      if (!(await this.mayTryAgain(failure))) throw failure;
    }
    return true;
  }

  /** Refuses at a confirmed limit, and at an unconfirmed one if a stray can be given up. Otherwise the exchange decides. */
  private requireRoom(): void {
    const { confirmed } = this.context.exchange.adapter.descriptor.limits.keysPerSubAccount;
    if (this.isFull && (confirmed || this.strayToGiveUp !== undefined)) throw this.full();
  }

  private get isFull(): boolean {
    const { listed, exchange } = this.context;
    return listed.length >= exchange.adapter.descriptor.limits.keysPerSubAccount.value;
  }

  /** @param refusal by a code that exchanges use for other mistakes too */
  private full(refusal?: KeyError): KeyError {
    const { inputs, exchange, listed } = this.context;
    const { value, confirmed } = exchange.adapter.descriptor.limits.keysPerSubAccount;
    const said = refusal === undefined ? "" : ", and the exchange refused another";
    return new KeyError({
      kind: "LimitReached",
      exchange: inputs.exchange,
      operation: "issue",
      message: `sub-account ${inputs.subAccount} holds ${listed.length} keys of ${confirmed ? "" : "probably "}${value}${said}`,
      hint: "Delete a key that nobody uses, or declare this one in another sub-account.",
      ...(refusal?.code === undefined ? {} : { code: refusal.code }),
    });
  }

  /** The key of a lost answer was looked up and revoked, and a full quota may hold a stray. So one more try is safe. */
  private async mayTryAgain(error: unknown): Promise<boolean> {
    if (isKind(error, "LimitReached")) return await this.makeRoom();
    this.lostAnswers += 1;
    return isKind(error, "OutcomeUnknown") && this.lostAnswers === 1;
  }

  /** A stray that nobody can hold, else the oldest, where the current version needs a successor. */
  private get strayToGiveUp(): Stray | undefined {
    const { strays, sealed } = this.context.progress.recorded;
    if (versionIn(sealed, "current") === undefined) return undefined;
    const [lost] = strays.filter((stray) => stray.lost === true);
    return lost ?? [...strays].sort((one, other) => (one.serial ?? 0) - (other.serial ?? 0))[0];
  }

  /** Retires a stray before its overlap ends, because there is no room for the successor of the current version. */
  private async makeRoom(): Promise<boolean> {
    const { surroundings, inputs } = this.context;
    const stray = this.strayToGiveUp;
    if (stray === undefined) return false;
    surroundings.notice(
      `${inputs.exchange} "${inputs.name}": the sub-account is full; the stray ${nameOf(stray)} is revoked NOW, before ${stray.until}`,
    );
    return await perform(this.context, { do: "retireStray", stray });
  }

  private count(step: Step): void {
    const name = step.do === "issue" ? "issue" : JSON.stringify(step);
    const times = (this.repeats.get(name) ?? 0) + 1;
    this.repeats.set(name, times);
    if (times > MAX_REPEATS)
      throw this.unsettled(`"${step.do}" was done ${MAX_REPEATS} times and the exchange still shows something else`);
  }

  private unsettled(message: string): KeyError {
    const { inputs } = this.context;
    return new KeyError({
      kind: "VerificationFailed",
      exchange: inputs.exchange,
      operation: `key "${inputs.name}"`,
      message,
      hint: "Nothing wider than declared was published. Look at the key on the exchange's page, then run up again.",
    });
  }
}
