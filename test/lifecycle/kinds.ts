import type { Descriptor } from "../../providers/src/exchanges/descriptor";

/**
 * `managed`: a key is changed and deleted only with its own passphrase. `unlabelled`: keys carry no label, and no read shows whether they
 * may `transfer`.
 */
export type Kind = "plain" | "managed" | "unlabelled";

/** What is known of an exchange of that kind, which is like another one in all else. */
export function ofKind(kind: Kind, plain: Descriptor): Descriptor {
  const fact = { source: "this test", date: "2026-01-01", confirmed: true } as const;
  if (kind === "managed") return { ...plain, passphrase: { ...fact, value: { length: 8, sets: ["ab"], toManage: true } } };
  if (kind === "plain") return plain;
  return { ...plain, label: { ...fact, value: "none" }, unlisted: { ...fact, value: ["transfer"] } };
}

/** What a place of delivery shows: serials, and the secret of the current one. */
export interface Shown {
  readonly current: number;
  readonly previous: number | undefined;
  readonly secret: string;
}
