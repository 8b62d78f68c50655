import { revisionOf } from "./revision";

/** One version of a parameter, as its history keeps it. */
export interface PastVersion {
  readonly version: number;
  readonly text: string;
  /** The note that its writer left, see {@link noteOf}. */
  readonly note: string;
}

const NOTE = /^sealed exchange key; replaces ([0-9a-f]{64}|nothing)$/;

/** What a writer notes beside the value: the content that it meant to replace. */
export function noteOf(replaces: string | undefined): string {
  return `sealed exchange key; replaces ${replaces ?? "nothing"}`;
}

/**
 * What counts after writers have met. Parameter Store has no conditional write, but it orders all writes. Of those that meant to replace
 * the same content the first one counts, and so on from there. Pure.
 * @param base what was there when the first of them read, `undefined` for nothing
 * @param later every version after it, in order
 */
export function contentThatCounts(base: string | undefined, later: readonly PastVersion[]): string | undefined {
  let counts = base;
  for (const { text, note } of later) {
    const meant = NOTE.exec(note)?.[1];
    if (meant === (counts === undefined ? "nothing" : revisionOf(counts))) counts = text;
  }
  return counts;
}
