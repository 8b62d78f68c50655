import type { SealedDocument } from "../../providers/src/seal/document";
import { writeDocument } from "../../providers/src/seal/parse-document";
import { unstampedText } from "../../providers/src/seal/stamp";
import type { AttackedDesk } from "./attacked-desk";

const HOUR_MS = 3_600_000;
/** The declared overlap, and the hour that it is rounded up to. */
export const OVERLAP_MS = 24 * HOUR_MS;
const ROUNDED_MS = OVERLAP_MS + HOUR_MS;

/** What the judge itself saw of a key. Nothing of it comes from what the provider records. */
interface Seen {
  readonly apiKey: string;
  /** What documents were stamped with when it was issued: its own passphrase follows from that too. */
  readonly stampedBy: string;
  serial: number;
  /** Whether a run ever published it as the current version: bots may hold it. */
  wasShown: boolean;
  /** Whether a person ever gave it another label. */
  wasTaken?: boolean;
  /** When a successor was published, and how long it has to work from then on. */
  superseded?: { readonly at: number; readonly for: number };
  /** Runs that got through while it was not the current version, an overlap apart, and the time of the last one. */
  idle?: { readonly runs: number; readonly at: number };
}

/** How a run ended. */
export type Ending = "nothing" | "done" | "failed" | "killed";

/** What no run may do, judged by what is seen of exchange and places alone. */
export class Judge {
  readonly problems: string[] = [];
  private readonly seen = new Map<string, Seen>();
  private living: ReadonlySet<string>;
  private published: SealedDocument | undefined;
  private overlapMs = OVERLAP_MS;
  private mayRevoke = false;

  constructor(private readonly desk: AttackedDesk) {
    this.living = new Set(desk.world.keys.keys());
    this.published = desk.world.documents.get(desk.declared.publish);
  }

  /** @param run whether it was ordered to end all that is there: an incident, or a deletion */
  beforeRun(run: { readonly isEnding: boolean }): void {
    this.mayRevoke = run.isEnding;
    this.overlapMs = run.isEnding ? 0 : OVERLAP_MS;
    this.living = new Set(this.desk.world.keys.keys());
    this.noteWholeBackup();
  }

  /** A person took it out of our hands. */
  afterRelabel(apiKey: string): void {
    const one = this.seen.get(apiKey);
    if (one !== undefined) one.wasTaken = true;
  }

  /** What earlier runs knew was lost: every key may now have one overlap from when it is found. */
  forgive(): void {
    for (const one of this.seen.values()) delete one.idle;
  }

  /** Nobody was to use any of its keys any more. The next one is another key, with serials of its own. */
  afterDestroy(): void {
    this.forgive();
    for (const one of this.seen.values()) one.wasShown = false;
  }

  /** Serial of the newest living key that bots may hold: they go back to no older one. */
  get newestHeld(): number {
    const held = [...this.seen.values()].filter(
      ({ apiKey, wasShown, wasTaken, superseded }) =>
        wasShown && wasTaken !== true && superseded === undefined && this.desk.living.includes(apiKey),
    );
    return Math.max(0, ...held.map(({ serial }) => serial));
  }

  /** After every act of a run. */
  look(point: string): void {
    const { world, declared } = this.desk;
    if (point === "after issue") {
      for (const apiKey of world.keys.keys())
        if (!this.living.has(apiKey))
          this.seen.set(apiKey, { apiKey, stampedBy: world.stampKeys[0].by, serial: 0, wasShown: false });
    }
    if (point === "after publish") {
      const document = world.documents.get(declared.publish);
      if (document !== undefined && document !== this.published) this.notePublished(document);
      this.published = document;
    }
    if (point === "after revoke") for (const apiKey of this.living) if (!world.keys.has(apiKey)) this.noteRevoked(apiKey);
    this.problems.push(...this.desk.harm.filter((one) => !this.problems.includes(one)));
    this.living = new Set(world.keys.keys());
  }

  /** After a run that was to bring the key into being. */
  afterUp(ending: Ending, { isIncident }: { readonly isIncident: boolean }): void {
    const asked = this.desk.strangersAsked;
    if (asked.length > 0) this.problems.push(`a stranger's sealing key was asked: ${asked[0]}`);
    if (ending === "killed") this.forgive();
    else this.checkEnds();
    if (ending === "killed" || ending === "failed") return;
    const current = this.desk.engine.state?.outputs.sealed.versions.find(({ state }) => state === "current")?.apiKey;
    if (current === undefined) this.problems.push("a run got through without a current version");
    if (isIncident && this.desk.living.join() !== current)
      this.problems.push(`an incident is over, and ${this.desk.living.join()} live`);
    for (const apiKey of this.desk.living) if (apiKey !== current) this.noteIdle(apiKey);
  }

  /** Where state and document were put back together, nothing tells bots' newer key from an impostor's: it has one overlap. */
  private noteWholeBackup(): void {
    const { engine, text } = this.desk;
    const sealed = engine.state?.outputs.sealed;
    if (sealed === undefined || text === undefined || unstampedText(text) !== writeDocument(sealed)) return;
    for (const one of this.seen.values())
      if (one.wasShown && one.serial > sealed.lastSerial) one.superseded ??= { at: this.now, for: this.overlapMs };
  }

  private notePublished(document: SealedDocument): void {
    const current = document.versions.find(({ state }) => state === "current");
    for (const { apiKey, serial } of document.versions) {
      const one = this.seen.get(apiKey);
      if (one !== undefined) one.serial = serial;
      else if (this.desk.foreign.has(apiKey)) this.problems.push(`${apiKey}, which is none of ours, was published`);
    }
    const shown = current === undefined ? undefined : this.seen.get(current.apiKey);
    if (shown === undefined) return;
    for (const one of this.seen.values()) {
      const isOlder = this.desk.world.kind === "unlabelled" || one.serial < shown.serial;
      if (one.wasShown && one !== shown && isOlder) one.superseded ??= { at: this.now, for: this.overlapMs };
    }
    shown.wasShown = true;
    delete shown.superseded;
    delete shown.idle;
  }

  private noteRevoked(apiKey: string): void {
    const one = this.seen.get(apiKey);
    if (one === undefined || !one.wasShown || one.wasTaken === true || this.mayRevoke) return;
    const { superseded } = one;
    if (superseded === undefined) this.problems.push(`${apiKey} was revoked, and bots had no newer key`);
    else if (this.now < superseded.at + superseded.for)
      this.problems.push(`${apiKey} was revoked ${(this.now - superseded.at) / HOUR_MS} h after its successor was published`);
  }

  /** A key that is not the current one lives through two overlaps at most, and until the run that comes after. */
  private noteIdle(apiKey: string): void {
    const one = this.seen.get(apiKey);
    if (one === undefined) return;
    if (one.idle === undefined) one.idle = { runs: 0, at: this.now };
    else if (this.now >= one.idle.at + ROUNDED_MS) one.idle = { runs: one.idle.runs + 1, at: this.now };
    if (one.idle.runs >= 2 && !this.beyondReach.includes(apiKey)) this.problems.push(`${apiKey} lives beyond two overlaps`);
  }

  /** What is to go, and whose own passphrase went with a parent that was replaced and with the state: only a person can end it. */
  get beyondReach(): readonly string[] {
    const { world, engine } = this.desk;
    if (world.kind !== "managed") return [];
    const { strays = [], sealed } = engine.state?.outputs ?? {};
    const superseded = (sealed?.versions ?? []).filter(({ state }) => state === "previous");
    const ending = [...strays, ...superseded].map(({ apiKey }) => apiKey);
    const isAtHand = (apiKey: string): boolean => world.stampKeys.some(({ by }) => by === this.seen.get(apiKey)?.stampedBy);
    return ending.filter((apiKey) => world.keys.has(apiKey) && !isAtHand(apiKey));
  }

  /** No end lies later than that of an overlap that begins now. */
  private checkEnds(): void {
    const outputs = this.desk.engine.state?.outputs;
    if (outputs === undefined) return;
    const ends = [
      ...outputs.sealed.versions.map(({ retireAfter }) => retireAfter),
      ...(outputs.strays ?? []).map(({ until }) => until),
    ];
    const late = ends.find((end) => end !== undefined && Date.parse(end) > this.now + ROUNDED_MS);
    if (late !== undefined) this.problems.push(`an end at ${late} is later than an overlap from now`);
  }

  private get now(): number {
    return this.desk.world.now.getTime();
  }
}
