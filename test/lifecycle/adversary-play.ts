import { KeyError } from "../../providers/src/core/errors";
import { OtherHands } from "./adversary-hands";
import { type Ending, Judge } from "./adversary-judge";
import { type Act, nameOf, type Round, type Story } from "./adversary-story";
import { AttackedDesk, type Declared } from "./attacked-desk";
import { Killed } from "./world";

/** Runs in which a key has to come to rest. */
const HEALING_RUNS = 10;

export interface Outcome {
  readonly problems: readonly string[];
  /** What was done to what was there, by kind. */
  readonly acts: readonly string[];
  /** How each run ended, for people. */
  readonly trace: readonly string[];
}

/** Plays a story, and then lets the key heal. */
export async function play(story: Story, prepare: (desk: AttackedDesk) => void = () => undefined): Promise<Outcome> {
  const delivery = story.delivers ? { deliver: "awssm:///mm" } : {};
  const desk = await AttackedDesk.of(story.kind, delivery);
  prepare(desk);
  const player = new Player(desk);
  for (const [index, round] of story.rounds.entries()) {
    await player.round(round);
    if (player.judge.problems.length > 0) return player.outcome(`run ${index + 1}`);
  }
  await player.heal();
  return player.outcome("healing");
}

class Player {
  readonly judge: Judge;
  private readonly acts: string[] = [];
  private readonly trace: string[] = [];
  private readonly hands: OtherHands;
  private declared: Declared;
  private isIncident = false;
  private made = 0;

  constructor(private readonly desk: AttackedDesk) {
    this.declared = desk.declared;
    this.judge = new Judge(desk);
    this.hands = new OtherHands(desk, this.judge);
  }

  outcome(where: string): Outcome {
    const problems = this.judge.problems.map((problem) => `${where}: ${problem}`);
    return { problems, acts: this.acts, trace: this.trace };
  }

  async round({ hours, before, refresh, run, during }: Round): Promise<void> {
    const { desk, judge } = this;
    desk.later(hours);
    for (const act of before) this.act(act);
    this.declare(run);
    let points = 0;
    desk.world.onPoint = (point) => {
      this.look(point);
      points += 1;
      if (points !== during?.at) return;
      if (during.act.do !== "kill") return this.act(during.act);
      this.acts.push("kill");
      throw new Killed(point);
    };
    judge.beforeRun({ isEnding: this.isIncident || run === "destroy" });
    if (refresh || run === "refresh") await this.refresh();
    if (run === "destroy") await this.destroy();
    else if (run !== "refresh") await this.up();
    desk.world.onPoint = () => undefined;
  }

  /** Nobody disturbs it any more, and a person does what the errors say. */
  async heal(): Promise<void> {
    const { desk, judge } = this;
    this.hands.labelBack();
    const held = judge.newestHeld;
    for (let run = 0; run < HEALING_RUNS; run += 1) {
      this.hands.person();
      desk.later(26);
      desk.world.onPoint = (point) => this.look(point);
      judge.beforeRun({ isEnding: this.isIncident });
      await this.refresh();
      const ending = await this.up();
      if (judge.problems.length > 0) return;
      if (ending === "nothing" && desk.living.length === 1) return await this.checkHealth(held);
    }
    judge.problems.push(`it does not come to rest: ${this.hands.lastWords}; ${desk.living.join()} live`);
  }

  private async checkHealth(held: number): Promise<void> {
    const { desk, judge, declared } = this;
    const works = await desk.engine.assertBotWorks(declared).catch((error: Error) => error);
    if (works instanceof Error) return void judge.problems.push(`the bot does not work: ${works.message}`);
    const text = desk.text ?? "";
    const shown = JSON.parse(text) as { versions: { state: string; serial: number }[] };
    const serial = shown.versions.find(({ state }) => state === "current")?.serial ?? 0;
    if (desk.world.kind !== "unlabelled" && serial < held)
      judge.problems.push(`bots that used serial ${held} are left with ${serial}`);
  }

  private look(point: string): void {
    const { desk, judge, hands } = this;
    judge.look(point);
    if (point === "after publish" && desk.text !== undefined) hands.texts.push(desk.text);
  }

  private declare(run: Round["run"]): void {
    const { declared } = this;
    this.made += 1;
    const plain = { ...declared.rotate, overlap: this.isIncident ? "0" : "24h" };
    if (run === "change") this.declared = { ...declared, ipWhitelist: [`127.0.20.${this.made}`], rotate: plain };
    else if (run === "trigger") this.declared = { ...declared, rotate: { ...plain, trigger: `rotate ${this.made}` } };
    else if (run === "incident") {
      this.isIncident = true;
      this.declared = { ...declared, rotate: { ...plain, overlap: "0", trigger: `leak ${this.made}` } };
    } else this.declared = { ...declared, rotate: plain };
  }

  private async up(): Promise<Ending> {
    const { desk, judge, isIncident } = this;
    const ending = await desk.engine.up(this.declared);
    this.hands.lastWords = ending === "failed" ? desk.engine.reason : ending;
    this.note(`up${isIncident ? " (incident)" : ""}: ${this.hands.lastWords}`);
    judge.afterUp(ending, { isIncident });
    if (ending === "done" || ending === "nothing") {
      this.isIncident = false;
      this.declared = { ...this.declared, rotate: { ...this.declared.rotate, overlap: "24h" } };
    }
    return ending;
  }

  private async refresh(): Promise<void> {
    if (this.desk.engine.state === undefined) return;
    await this.attempt("refresh", async () => void (await this.desk.engine.refresh()));
  }

  private async destroy(): Promise<void> {
    const { engine } = this.desk;
    const { sealed, strays = [] } = engine.state?.outputs ?? {};
    const known = [...(sealed?.versions ?? []), ...strays].map(({ apiKey }) => apiKey);
    const before = this.desk.world.log.length;
    await this.attempt("destroy", () => engine.destroy());
    if (engine.state !== undefined) return;
    const isForgotten = this.desk.world.log.slice(before).some((line) => line.includes("has taken this key over"));
    this.isIncident = false;
    const left = known.filter((apiKey) => this.desk.world.keys.has(apiKey));
    if (left.length > 0 && !isForgotten) this.judge.problems.push(`destroy is done, and ${left.join()} live`);
    if (isForgotten) this.judge.forgive();
    else this.judge.afterDestroy();
  }

  private async attempt(name: string, act: () => Promise<void>): Promise<void> {
    try {
      await act();
      this.note(`${name}: done`);
    } catch (error) {
      if (this.desk.world.isDead) this.judge.forgive();
      else if (!(error instanceof KeyError)) throw error;
      this.hands.lastWords = error instanceof Error ? error.message : "";
      this.note(`${name}: ${this.hands.lastWords}`);
    }
  }

  private note(how: string): void {
    const { engine, world, living } = this.desk;
    const { state } = engine;
    if (state !== undefined) this.hands.states.push(state);
    const versions = state?.outputs.sealed.versions.map(({ apiKey, state: its }) => `${apiKey} ${its}`) ?? ["no state"];
    const strays = (state?.outputs.strays ?? []).map(({ apiKey }) => `${apiKey} stray`);
    this.trace.push(`  ${world.now.toISOString()} ${how} [${[...versions, ...strays].join(", ")}; ${living.join()} live]`);
  }

  private act(act: Act): void {
    if (!this.hands.did(act)) return;
    this.acts.push(nameOf(act));
    this.trace.push(`    ${nameOf(act)}${"stamping" in act ? `, stamp ${act.stamping}` : ""}`);
  }
}
