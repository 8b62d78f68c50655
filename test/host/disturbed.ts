import assert from "node:assert/strict";
import type { DynamicHost } from "../../harness/dynamic-host";
import type { LoggedRequest } from "../../sandbox/request-log";
import type { HostDesk } from "./desk";
import { edit } from "./edits";
import { Judge, kindOf, sightOf } from "./judge";
import { keysIn } from "./mischief";
import type { Ending } from "./resource";
import type { Subject } from "./subject";

/** What is done to keys while something is wrong, in this order. */
export const DEEDS = ["create", "rotate", "addresses", "read", "delete"] as const;
export type Deed = (typeof DEEDS)[number];

/** What is wrong while a deed is done. */
export interface Disturbance {
  /**
   * Before the first run of a deed.
   * @param undisturbed what the deed asks an exchange for one key, by exchange
   */
  begin(undisturbed: ReadonlyMap<string, readonly LoggedRequest[]>): Promise<void>;
  /** Whether something is left that has not been wrong yet, so that another run is needed. */
  isLeft(): Promise<boolean>;
  /** After the last run of a deed. */
  end(): Promise<void>;
  /** By how many seconds our clock is wrong. */
  readonly skew: number;
  /** True when keys themselves were changed, which only a refresh sees. */
  readonly onKeys: boolean;
}

/** In a run a request may not come to be sent because another one failed. */
const MAX_RUNS = 6;

/** Does all deeds to all keys of a desk, each under a disturbance and then without it, and judges what came of it. */
export class DisturbedDesk {
  /** How runs of one key ended. */
  readonly endings = new Map<Ending["how"], number>();
  /** Kinds of the errors that runs ended in. */
  readonly kinds = new Set<string>();
  readonly #judges: ReadonlyMap<Subject, Judge>;

  /** @param desk the first key of each exchange is never disturbed, and shows what a deed asks for */
  constructor(
    private readonly desk: HostDesk,
    private readonly disturbance: Disturbance,
  ) {
    this.#judges = new Map(desk.subjects.map((subject) => [subject, new Judge(subject, desk.sandbox)]));
  }

  async play(): Promise<void> {
    for (const deed of DEEDS) {
      await this.#prepare(deed);
      await this.disturbance.begin(await this.#undisturbed(deed));
      let runs = 0;
      do {
        await this.#run(deed);
        runs += 1;
      } while (runs < MAX_RUNS && (await this.disturbance.isLeft()));
      await this.disturbance.end();
      await this.#calm(deed);
    }
  }

  async #prepare(deed: Deed): Promise<void> {
    const { control, subjects } = this.desk;
    if (deed === "rotate") await control.advance("30d");
    if (deed === "addresses") for (const subject of subjects) edit(subject, "addresses", 2);
  }

  async #undisturbed(deed: Deed): Promise<ReadonlyMap<string, readonly LoggedRequest[]>> {
    const { desk } = this;
    const models = desk.subjects.filter(
      ({ key }, index) => desk.subjects.findIndex((other) => other.key.exchange === key.exchange) === index,
    );
    await desk.control.clearRequests();
    await desk.run(0, (host) => this.#all(models, (subject) => this.#must(host, subject, { deed, wanted: ["done"] })));
    const log = await desk.control.requests();
    const ofModel = ({ key }: Subject): readonly LoggedRequest[] =>
      log.filter(({ exchange, subAccount }) => exchange === key.exchange && subAccount === key.subAccount);
    return new Map(models.map((subject) => [subject.key.exchange, ofModel(subject)]));
  }

  async #run(deed: Deed): Promise<void> {
    const { desk } = this;
    const sight = await sightOf(desk.control);
    for (const judge of this.#judges.values()) judge.look(sight);
    await desk.run(this.disturbance.skew, async (host) => {
      await this.#all(desk.subjects, async (subject) => {
        const ending = await carryOut(host, subject, deed);
        this.endings.set(ending.how, (this.endings.get(ending.how) ?? 0) + 1);
        if (ending.how === "failed") this.kinds.add(kindOf(ending.why));
        await this.#judge(subject, deed, ending);
      });
      assert.equal(host.exit, undefined, `${deed}: the host lives`);
      assert.doesNotMatch(host.printed, /\n\s+at /, `${deed}: no stack was printed`);
    });
  }

  async #judge(subject: Subject, deed: Deed, ending: Ending): Promise<void> {
    const judge = this.#judgeOf(subject);
    const problems = deed === "delete" ? judge.endingProblems(ending) : await judge.afterRun(ending);
    assert.deepEqual(problems, [], `${deed}, ${subject.key.name}`);
    subject.published = await judge.document();
  }

  /** Without a disturbance the next run does it all and the one after that nothing; what was lost on the way goes with its overlap. */
  async #calm(deed: Deed): Promise<void> {
    const { desk } = this;
    const up = deed === "delete" ? "delete" : "create";
    if (this.disturbance.onKeys && deed !== "delete") await this.#allMust("read", ["done", "nothing"]);
    await this.#allMust(up, ["done", "nothing"]);
    await this.#allMust(up, ["nothing"]);
    if (deed === "delete") return await this.#assertGone();
    if (deed !== "rotate") return;
    for (let overlap = 0; overlap < 2; overlap += 1) {
      await desk.control.advance("26h");
      await this.#allMust(up, ["done", "nothing"]);
    }
    for (const [subject, judge] of this.#judges) assert.deepEqual(await judge.whenSettled(), [], `${deed}, ${subject.key.name}`);
  }

  async #allMust(deed: Deed, wanted: readonly Ending["how"][]): Promise<void> {
    const { desk } = this;
    await desk.run(0, (host) => this.#all(desk.subjects, (subject) => this.#must(host, subject, { deed, wanted })));
  }

  async #must(
    host: DynamicHost,
    subject: Subject,
    { deed, wanted }: { readonly deed: Deed; readonly wanted: readonly Ending["how"][] },
  ): Promise<void> {
    const ending = await carryOut(host, subject, deed);
    assert.ok(wanted.includes(ending.how), `${deed}, ${subject.key.name}, undisturbed: ${JSON.stringify(ending)}`);
    subject.published = await this.#judgeOf(subject).document();
  }

  async #assertGone(): Promise<void> {
    for (const subject of this.desk.subjects) {
      const left = (await keysIn(this.desk.control, subject)).filter(({ apiKey }) => !subject.foreign.has(apiKey));
      assert.deepEqual(left, [], `delete, ${subject.key.name}`);
      assert.equal(await this.#judgeOf(subject).document(), undefined);
    }
  }

  async #all(subjects: readonly Subject[], act: (subject: Subject) => Promise<void>): Promise<void> {
    await Promise.all(subjects.map(act));
  }

  #judgeOf(subject: Subject): Judge {
    const judge = this.#judges.get(subject);
    if (judge === undefined) throw new Error("there is a judge for each");
    return judge;
  }
}

async function carryOut(host: DynamicHost, subject: Subject, deed: Deed): Promise<Ending> {
  if (deed === "read") return await subject.resource.refresh(host);
  return deed === "delete" ? await subject.resource.destroy(host) : await subject.resource.up(host, { ...subject.declared });
}
