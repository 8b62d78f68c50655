import assert from "node:assert/strict";
import { foundIn } from "../../providers/src/publish/found";
import { writeDocument } from "../../providers/src/seal/parse-document";
import { checkStamp, unstampedText } from "../../providers/src/seal/stamp";
import { AttackedDesk } from "./attacked-desk";
import type { Kind } from "./kinds";
import { EDIT_NAMES, restamped, SPOIL_NAMES, STAMPINGS, spoilt, VERSION_EDIT_NAMES } from "./tampering";

const HOUR_MS = 3_600_000;
/** The declared overlap, rounded up to the full hour. */
const LONGEST_MS = 25 * HOUR_MS;

/** A document that is not what the deployer published last. */
interface Tampering {
  readonly name: string;
  /** @returns what lies there from now on; `undefined` removes it */
  write(desk: AttackedDesk, old: string): string | undefined;
}

/** Every field of a document, by every stamp, and every text that is no document of now. Of another version than the first, only its fields. */
function tamperings(pick: number): readonly Tampering[] {
  const edits = (pick === 0 ? EDIT_NAMES : VERSION_EDIT_NAMES).flatMap((what) =>
    STAMPINGS.map(
      (stamping): Tampering => ({
        name: `${what}, stamp ${stamping}`,
        write: (desk) => {
          desk.edit(what, { stamping, pick });
          return desk.text;
        },
      }),
    ),
  );
  const stamps = STAMPINGS.map((stamping) => ({
    name: `stamp ${stamping}`,
    write: ({ text = "" }: AttackedDesk) => restamped(text, stamping),
  }));
  const spoils = SPOIL_NAMES.map((how) => ({ name: how, write: ({ text = "" }: AttackedDesk) => spoilt(text, how) }));
  if (pick > 0) return edits;
  return [
    ...edits,
    ...stamps,
    ...spoils,
    { name: "an old text", write: (_, old) => old },
    { name: "another key's text", write: ({ texts }) => texts.otherKey },
    { name: "an earlier life's text", write: ({ texts }) => texts.earlierLife },
    { name: "none", write: () => undefined },
  ];
}

/** What a document counts for, as the design page says. */
export type Worth =
  | "same"
  | "old"
  | "forged"
  | "ours, unknown"
  | "another's, unknown"
  | "another key's"
  | "earlier"
  | "newer"
  | "absent";

const NO_DEPLOYER = /was edited: no deployer wrote it/;
const SOMEBODY_ELSES = /is held by another resource/;
export const DRIFTS: Readonly<Record<Worth, RegExp | undefined>> = {
  same: undefined,
  old: /is an older one that somebody put back/,
  forged: NO_DEPLOYER,
  "ours, unknown": /bears the stamp of another parent credential/,
  "another's, unknown": SOMEBODY_ELSES,
  "another key's": SOMEBODY_ELSES,
  earlier: SOMEBODY_ELSES,
  newer: /was written by a newer release/,
  absent: /is not published/,
};

/** Why a run that is no incident does nothing at all; absent where it goes through. */
export const REFUSALS: Readonly<Partial<Record<Worth, RegExp>>> = {
  "another's, unknown": /Conflict: .*its stamp was made with another parent credential, and another resource holds it/,
  "another key's": /Conflict: .*it belongs to another key/,
  newer: /TamperedDocument: .*format exchange-keys\/2/,
};

export class TamperedCase {
  readonly name: string;
  readonly worth: Worth;
  /** Public ids of the key, before anything was done. */
  readonly before: readonly string[];

  private constructor(
    readonly desk: AttackedDesk,
    { name, worth, before }: Pick<TamperedCase, "name" | "worth" | "before">,
  ) {
    this.name = name;
    this.worth = worth;
    this.before = before;
  }

  static async of(kind: Kind, tampering: Tampering, { isInOverlap }: { readonly isInOverlap: boolean }): Promise<TamperedCase> {
    const desk = await AttackedDesk.begun(kind);
    const old = desk.text ?? "";
    const rotated = { ...desk.declared, rotate: { ...desk.declared.rotate, trigger: "before" } };
    assert.equal(await desk.engine.up(rotated), "done");
    if (!isInOverlap) {
      desk.later(26);
      assert.equal(await desk.engine.up(rotated), "done");
    }
    const before = desk.living;
    const genuine = desk.text ?? "";
    const text = tampering.write(desk, old);
    if (text === undefined) desk.removeDocument();
    else desk.write(text);
    desk.world.opened.length = 0;
    desk.world.revocationBudget = 1;
    const name = `${kind}, ${isInOverlap ? "in" : "after"} the overlap, ${tampering.name}`;
    return new TamperedCase(desk, { name, worth: worthOf(desk, { genuine, old }), before });
  }

  declared(changes: object = {}): AttackedDesk["declared"] {
    const { declared } = this.desk;
    return { ...declared, rotate: { ...declared.rotate, trigger: "before" }, ...changes };
  }

  /** What holds whatever was done. */
  assertHarmless(): void {
    const { desk, name } = this;
    assert.deepEqual(desk.harm, [], name);
    assert.deepEqual(desk.strangersAsked, [], name);
    const { sealed, strays = [] } = desk.engine.state?.outputs ?? {};
    const ends = [...(sealed?.versions ?? []).map(({ retireAfter }) => retireAfter), ...strays.map(({ until }) => until)];
    for (const end of ends)
      assert.ok(end === undefined || Date.parse(end) <= desk.world.now.getTime() + LONGEST_MS, `${name}: ${end}`);
  }

  /** What lies there is what state holds, with our stamp. */
  assertPublished(): void {
    const { desk, name } = this;
    const text = desk.text ?? "";
    assert.equal(checkStamp(text, desk.world.stampKeys), "right", name);
    const sealed = desk.engine.state?.outputs.sealed;
    assert.ok(sealed);
    assert.equal(unstampedText(text), writeDocument(sealed), name);
  }

  assertNothingWasDone(text: string | undefined): void {
    const { desk, name, before } = this;
    assert.deepEqual(desk.living, before, name);
    assert.equal(desk.text, text, name);
  }
}

function worthOf(desk: AttackedDesk, { genuine, old }: { readonly genuine: string; readonly old: string }): Worth {
  const { text } = desk;
  if (text === undefined) return "absent";
  if (unstampedText(text) === unstampedText(genuine)) return "same";
  if (text === old) return "old";
  if (text === desk.texts.otherKey) return "another key's";
  if (text === desk.texts.earlierLife) return "earlier";
  if (text.includes('"exchange-keys/2"')) return "newer";
  if (foundIn(text, "any").document === undefined) return "forged";
  if (checkStamp(text, desk.world.stampKeys) !== "unknown") return "forged";
  return text.includes('"holder": "somebody"') ? "another's, unknown" : "ours, unknown";
}

const SITUATIONS = [
  { isInOverlap: false, pick: 0 },
  { isInOverlap: true, pick: 0 },
  { isInOverlap: true, pick: 1 },
];

/** Every document, in every situation. */
export async function* cases(kind: Kind): AsyncGenerator<TamperedCase> {
  for (const { isInOverlap, pick } of SITUATIONS)
    for (const tampering of tamperings(pick)) yield await TamperedCase.of(kind, tampering, { isInOverlap });
}
