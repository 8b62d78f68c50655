import type { Intent } from "../seal/document";
import { HOUR_MS } from "./duration";
import { readLabel } from "./label";
import type { Recorded, Stray } from "./record";
import type { ListedKey } from "./situation";
import type { ApiKeyId } from "./words";

/** `label`: a key is ours when it carries our label. `exclusive`: keys carry none, and all that live in the sub-account are ours. */
export type Ownership = "label" | "exclusive";

/** How we recognise our keys: by label, or by an exclusive sub-account. */
export interface Belongings {
  readonly ownership: Ownership;
  readonly recorded: Pick<Recorded, "hash" | "sealed" | "strays">;
  /** Every key of the sub-account. */
  readonly listed: readonly ListedKey[];
}

/** How keys are told apart on an exchange. */
export function ownershipOf({ label }: { readonly label: { readonly value: unknown } }): Ownership {
  return label.value === "none" ? "exclusive" : "label";
}

/** Serial in our label. `undefined` for a key without one, ours or not. */
export function serialOf(key: Pick<ListedKey, "label">, hash: string): number | undefined {
  const label = readLabel(key.label);
  return label?.hash === hash ? label.serial : undefined;
}

/** True when the key belongs to this resource, for all that can be told. */
export function isOurs(key: ListedKey, { ownership, recorded }: Omit<Belongings, "listed">): boolean {
  return ownership === "exclusive" || serialOf(key, recorded.hash) !== undefined;
}

/** True when the exchange shows a key of ours under another label. It may be another key than we recorded. */
export function bearsForeignLabel(
  key: Pick<ListedKey, "label">,
  { ownership, recorded, serial }: Omit<Belongings, "listed"> & { readonly serial?: number | undefined },
): boolean {
  if (ownership === "exclusive") return false;
  const shown = serialOf(key, recorded.hash);
  return shown === undefined || (serial !== undefined && shown !== serial);
}

/** Keys of ours that neither document nor state knows. */
export function unknownKeys(belongings: Belongings): readonly ListedKey[] {
  const { recorded, listed } = belongings;
  const known = new Set([...recorded.sealed.versions, ...recorded.strays].map((one) => one.apiKey));
  return listed.filter((key) => !known.has(key.apiKey) && isOurs(key, belongings));
}

/** Of {@link unknownKeys}, those that an intent names: nobody can open them. */
export function lostKeys(belongings: Belongings, intent: Intent | undefined): readonly ListedKey[] {
  if (intent === undefined) return [];
  const { before } = intent;
  return unknownKeys(belongings).filter((key) => {
    if (belongings.ownership === "label") return serialOf(key, belongings.recorded.hash) === intent.serial;
    // An intent of another kind of exchange says nothing of what was there before.
    return before !== undefined && !before.includes(key.apiKey);
  });
}

/**
 * Where keys carry no label an intent names all that is new since. In an old backup of document and state that would be every key made
 * after it. So an intent older than one hour names only strays, which have their overlap.
 */
export function isRecent(intent: Intent | undefined, now: Date): boolean {
  return intent !== undefined && now.getTime() - Date.parse(intent.at) <= HOUR_MS;
}

/**
 * Keys of an exclusive sub-account that were there before the first issue: somebody made them and no document names them. They may be in
 * use, so they are refused and never touched.
 */
export function foreignKeys(belongings: Belongings): readonly ListedKey[] {
  const { sealed, strays } = belongings.recorded;
  const begun = sealed.lastSerial > 0 || sealed.versions.length > 0 || strays.length > 0;
  return belongings.ownership === "label" || begun ? [] : unknownKeys(belongings);
}

/** As people find a key on the exchange's page, without its whole id. */
export function endOf(apiKey: ApiKeyId): string {
  return `…${apiKey.slice(-4)}`;
}

/** What a stray is called in notices. */
export function nameOf({ serial, apiKey }: Pick<Stray, "serial" | "apiKey">): string {
  return serial === undefined ? `key ${endOf(apiKey)}` : `key with serial ${serial}`;
}
