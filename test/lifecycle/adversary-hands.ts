import type { Judge } from "./adversary-judge";
import type { Act } from "./adversary-story";
import type { AttackedDesk } from "./attacked-desk";
import type { Engine } from "./engine";
import { restamped, spoilt } from "./tampering";

type State = Engine["state"];

/** Everybody but the deployer: who writes the document, people, and what happens to states. */
export class OtherHands {
  /** What the last run said. */
  lastWords = "";
  /** Genuine texts, from which old ones are taken. */
  readonly texts: string[] = [];
  /** States, from which checkpoints are restored. */
  readonly states: NonNullable<State>[] = [];
  private readonly labels = new Map<string, string>();
  private parents = 0;

  constructor(
    private readonly desk: AttackedDesk,
    private readonly judge: Judge,
  ) {}

  /** @returns false when there was nothing to do it to */
  did(act: Act): boolean {
    const { desk } = this;
    const { text } = desk;
    switch (act.do) {
      case "edit":
        return desk.edit(act.what, act);
      case "restamp":
        return text !== undefined && this.write(restamped(text, act.stamping));
      case "spoil":
        return this.write(spoilt(text ?? "", act.what));
      case "replay":
        return this.write(this.replayed(act));
      case "removeDocument":
        desk.removeDocument();
        return text !== undefined;
      default:
        return this.happened(act);
    }
  }

  private happened(act: Act): boolean {
    const { desk } = this;
    const { world, engine } = desk;
    switch (act.do) {
      case "loseState":
        return this.setState(undefined);
      case "restoreState":
        return this.setState(this.states[act.pick % Math.max(1, this.states.length)]);
      case "replaceParent":
        this.parents += 1;
        world.parentSecret = `parent ${this.parents}`;
        return true;
      case "shareStampKey":
        world.stampSecret = world.stampSecret === undefined ? "a shared stamp key" : undefined;
        return true;
      case "relabel":
        return this.relabel(act.pick);
      case "labelBack":
        return this.labelBack();
      case "removeWhereConflict":
        return engine.reason !== "" && this.person();
      default:
        throw new Error(`nobody knows how to ${act.do}`);
    }
  }

  private setState(state: State): boolean {
    const { engine } = this.desk;
    if (engine.state === state) return false;
    engine.state = state;
    this.judge.forgive();
    return true;
  }

  private replayed({ what, pick }: Extract<Act, { readonly do: "replay" }>): string | undefined {
    const { earlierLife, otherKey } = this.desk.texts;
    if (what === "an old text") return this.texts[pick % Math.max(1, this.texts.length)];
    return what === "another key's text" ? otherKey : earlierLife;
  }

  private write(text: string | undefined): boolean {
    if (text === undefined || text === this.desk.text) return false;
    this.desk.write(text);
    return true;
  }

  private relabel(pick: number): boolean {
    const { desk } = this;
    const apiKey = desk.living[pick % Math.max(1, desk.living.length)];
    if (desk.world.kind === "unlabelled" || apiKey === undefined) return false;
    this.labels.set(apiKey, desk.world.keys.get(apiKey)?.label ?? "");
    desk.relabel(apiKey);
    this.judge.afterRelabel(apiKey);
    return true;
  }

  /** @returns false when every key has its own label */
  labelBack(): boolean {
    const { size } = this.labels;
    if (size === 0) return false;
    for (const [apiKey, label] of this.labels) this.desk.relabel(apiKey, label);
    this.labels.clear();
    this.judge.forgive();
    return true;
  }

  /** Does what the last error asks a person to do. */
  person(): boolean {
    const { desk, judge, lastWords } = this;
    const isReminded = [...desk.world.log, lastWords].some((line) =>
      /known nowhere|end the key on the exchange|^OpenFailed|^CredentialsUnavailable/.test(line),
    );
    if (isReminded) for (const apiKey of judge.beyondReach) desk.world.keys.delete(apiKey);
    if (/declared exclusive, but holds keys/.test(lastWords)) for (const apiKey of desk.living) desk.world.keys.delete(apiKey);
    else if (/(?:Conflict|TamperedDocument): the document/.test(lastWords)) desk.removeDocument();
    else return false;
    this.judge.forgive();
    return true;
  }
}
