/** What a key may do: each box of the portal by itself. */
export const PERMISSIONS = ["view", "trade", "transfer", "receive"] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** `undefined` for an unknown word. */
export function toPermissions(words: readonly string[]): readonly Permission[] | undefined {
  const unknown = words.some((word) => !PERMISSIONS.some((known) => known === word));
  return unknown ? undefined : PERMISSIONS.filter((permission) => words.includes(permission));
}
