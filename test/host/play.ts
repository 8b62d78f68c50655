import { setTimeout as sleep } from "node:timers/promises";
import type { DynamicHost } from "../../harness/dynamic-host";
import { HostDesk } from "./desk";
import { edit } from "./edits";
import { LISTS_ONLY, WIRE_FAULTS } from "./faults";
import { Judge, sightOf } from "./judge";
import { MISCHIEF, removeForeign, restore } from "./mischief";
import { helpOut } from "./person";
import type { Ending } from "./resource";
import type { Act, Round, Story } from "./story";
import type { Subject } from "./subject";

/** What became of a story. */
export interface Outcome {
  /** In plain words, with the run and the key. Empty when nothing went wrong. */
  readonly problems: readonly string[];
  /** Kinds of steps that the planner took. */
  readonly steps: ReadonlySet<string>;
  /** Acts that did something, such as `fault cutBody`: a fault counts once it struck. */
  readonly acts: ReadonlySet<string>;
  /** How runs of one key ended. */
  readonly endings: ReadonlyMap<Ending["how"], number>;
  /** Numbers of the keys for which something went wrong, with how each of their runs ended. */
  readonly faulty: ReadonlyMap<number, readonly string[]>;
}

/** How often the host is looked at that is to be killed. */
const LOOK_MS = 20;

/** Longer than an overlap. */
const OVERLAP = "26h";

/** Runs without any disturbance until a key may take for settling: each lets an overlap pass. */
const CALM_RUNS = 4;

/** Plays a story from beginning to end, and settles it. @param env for hosts */
export async function play(story: Story, seed: number, env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const desk = await HostDesk.open({ exchanges: story.keys.map(({ exchange }) => exchange), seed, env });
  try {
    const player = new Player(desk, story);
    for (const [number, round] of story.rounds.entries()) await player.round(number, round);
    await player.settle();
    return await player.outcome();
  } finally {
    await desk.close();
  }
}

class Player {
  readonly #problems: string[] = [];
  readonly #acts = new Set<string>();
  readonly #endings = new Map<Ending["how"], number>();
  readonly #traces = new Map<Subject, string[]>();
  readonly #faulty = new Set<Subject>();
  readonly #judges: ReadonlyMap<Subject, Judge>;

  constructor(
    private readonly desk: HostDesk,
    private readonly story: Story,
  ) {
    this.#judges = new Map(desk.subjects.map((subject) => [subject, new Judge(subject, desk.sandbox)]));
  }

  async round(number: number, { hours, skew, refresh, killAt }: Round): Promise<void> {
    const { desk } = this;
    if (hours > 0) await desk.control.advance(`${hours}h`);
    const acts = new Map(desk.subjects.map((subject, index) => [subject, this.story.keys[index]?.acts[number] ?? NOTHING]));
    for (const [subject, act] of acts) await this.#prepare(subject, act);
    const sight = await sightOf(desk.control);
    for (const judge of this.#judges.values()) judge.look(sight);
    await desk.control.clearRequests();
    const where = `run ${number + 1}`;
    await desk.run(skew, async (host) => {
      const over = new AbortController();
      const killing = killAt === null ? undefined : this.#killAt(killAt, host, over.signal);
      await Promise.all(
        [...acts].map(async ([subject, act]) => {
          const ending = await carryOut(host, subject, { destroy: act.do === "destroy", refresh });
          await this.#judged(subject, ending, { where, destroyed: act.do === "destroy" });
        }),
      );
      over.abort();
      await killing;
      if (killAt === null && host.exit !== undefined) this.#problems.push(`${where}: the host ended by itself (${host.exit})`);
    });
    for (const { fault } of await desk.control.requests()) if (fault !== null) this.#acts.add(`fault ${fault}`);
    await this.#calm([...acts].filter(([, act]) => act.do === "byHand").map(([subject]) => subject));
  }

  /** Without any disturbance everything comes to rest, as it is declared. */
  async settle(): Promise<void> {
    const { desk } = this;
    for (const subject of desk.subjects) await removeForeign({ subject, control: desk.control });
    for (let run = 0; run < CALM_RUNS; run += 1) {
      await desk.run(0, (host) => this.#settleOnce(host));
      await desk.control.advance(OVERLAP);
    }
    await desk.run(0, (host) => this.#all((subject) => this.#lastHelp(host, subject)));
    await desk.run(0, (host) => this.#all((subject) => this.#must(host, subject, ["done", "nothing"])));
    await desk.run(0, (host) => this.#all((subject) => this.#must(host, subject, ["nothing"])));
    await this.#each(async (judge, subject) => this.#report(subject, "settled", await judge.whenSettled()));
  }

  async outcome(): Promise<Outcome> {
    const { desk } = this;
    const written = desk.printed + desk.subjects.flatMap(({ written }) => written).join("\n");
    for (const { value, kind } of await desk.control.secrets()) {
      if (written.includes(value)) this.#problems.push(`a ${kind} was printed, published or written to state`);
    }
    this.#problems.push(...(await desk.journalProblems()));
    if (/\n\s+at /.test(desk.printed)) this.#problems.push(`a stack was printed: ${desk.printed.slice(0, 2000)}`);
    const [problems, acts, endings] = [this.#problems, this.#acts, this.#endings];
    const faulty = new Map([...this.#faulty].map((subject) => [desk.subjects.indexOf(subject), this.#traces.get(subject) ?? []]));
    return { problems, acts, endings, faulty, steps: await desk.steps() };
  }

  async #prepare(subject: Subject, act: Act): Promise<void> {
    const { control } = this.desk;
    if (act.do === "edit") edit(subject, act.what, act.pick);
    if (act.do === "byHand") await MISCHIEF[act.what]({ subject, control, pick: act.pick });
    if (act.do === "fault") {
      const { exchange, subAccount } = subject.key;
      const operation = act.target === "any" || LISTS_ONLY.has(act.what) ? {} : { operation: act.target };
      await control.addFault({ ...WIRE_FAULTS[act.what], exchange, subAccount, ...operation, skip: act.skip, times: act.times });
    } else if (act.do !== "nothing") this.#acts.add(act.do === "destroy" ? act.do : `${act.do} ${act.what}`);
  }

  async #killAt(count: number, host: DynamicHost, over: AbortSignal): Promise<void> {
    while (!over.aborted) {
      if ((await this.desk.control.requests()).length >= count) {
        host.kill();
        this.#acts.add("kill");
        return;
      }
      await sleep(LOOK_MS);
    }
  }

  async #judged(subject: Subject, ending: Ending, run: { readonly where: string; readonly destroyed: boolean }): Promise<void> {
    this.#endings.set(ending.how, (this.#endings.get(ending.how) ?? 0) + 1);
    this.#trace(subject, run.where, ending);
    const judge = this.#judgeOf(subject);
    if (!run.destroyed) this.#report(subject, run.where, await judge.afterRun(ending));
    const document = await judge.document();
    subject.remember(document);
    await helpOut(subject, ending);
    if (document !== undefined || run.destroyed) subject.published = document;
    if (ending.how === "done" || ending.how === "nothing") subject.deployed = run.destroyed ? undefined : subject.declared;
  }

  /** Trouble lasts for one run. */
  async #calm(disturbed: readonly Subject[]): Promise<void> {
    const { control } = this.desk;
    await control.clearFaults();
    for (const subject of disturbed) await restore({ subject, control });
  }

  async #settleOnce(host: DynamicHost): Promise<void> {
    await this.#all(async (subject) => {
      const ending = await carryOut(host, subject, { destroy: false, refresh: true });
      this.#trace(subject, "settling", ending);
      if (ending.how !== "failed") return;
      await helpOut(subject, ending);
      if (!subject.isLabelled) await this.#removeAll(subject);
    });
  }

  async #removeAll(subject: Subject): Promise<void> {
    const { exchange, subAccount } = subject.key;
    for (const key of await this.desk.control.keys(exchange)) {
      if (key.subAccount === subAccount) await this.desk.control.removeKey(exchange, key.apiKey);
    }
  }

  /** A rotation that falls due last of all may still need a person: a public key. */
  async #lastHelp(host: DynamicHost, subject: Subject): Promise<void> {
    const ending = await carryOut(host, subject, { destroy: false, refresh: false });
    this.#trace(subject, "last help", ending);
    await helpOut(subject, ending);
  }

  async #must(host: DynamicHost, subject: Subject, allowed: readonly Ending["how"][]): Promise<void> {
    const ending = await carryOut(host, subject, { destroy: false, refresh: false });
    subject.remember(undefined);
    const why = "why" in ending ? `: ${ending.why}` : "";
    if (!allowed.includes(ending.how)) this.#report(subject, "calm again", [`up ended with "${ending.how}"${why}`]);
  }

  #trace(subject: Subject, where: string, ending: Ending): void {
    const line = `${where}, key ${this.desk.subjects.indexOf(subject)}: ${ending.how}${"why" in ending ? `: ${ending.why}` : ""}`;
    this.#traces.set(subject, [...(this.#traces.get(subject) ?? []), line]);
  }

  #report(subject: Subject, where: string, problems: readonly string[]): void {
    if (problems.length > 0) this.#faulty.add(subject);
    const index = this.desk.subjects.indexOf(subject);
    this.#problems.push(...problems.map((problem) => `${where}, key ${index} (${subject.key.exchange}): ${problem}`));
  }

  async #all(act: (subject: Subject) => Promise<void>): Promise<void> {
    await Promise.all(this.desk.subjects.map(act));
  }

  async #each(act: (judge: Judge, subject: Subject) => Promise<void>): Promise<void> {
    for (const [subject, judge] of this.#judges) await act(judge, subject);
  }

  #judgeOf(subject: Subject): Judge {
    const judge = this.#judges.get(subject);
    if (judge === undefined) throw new Error("there is a judge for each");
    return judge;
  }
}

const NOTHING: Act = { do: "nothing" };

/** One run for one resource: what the engine does after it has or has not refreshed. */
async function carryOut(
  host: DynamicHost,
  subject: Subject,
  wanted: { readonly destroy: boolean; readonly refresh: boolean },
): Promise<Ending> {
  const { resource, declared } = subject;
  if (wanted.destroy) return await resource.destroy(host);
  if (wanted.refresh) {
    const refreshed = await resource.refresh(host);
    // The engine goes no further then.
    if (refreshed.how === "failed" || refreshed.how === "killed") return refreshed;
  }
  return await resource.up(host, { ...declared });
}
