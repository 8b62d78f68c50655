/** What a key may do: each box of the website by itself. No call tells which are ticked. */
export const PERMISSIONS = ["view", "trade", "transfer", "manage"] as const;
export type Permission = (typeof PERMISSIONS)[number];

/** `undefined` for an unknown word. */
export function toPermissions(words: readonly string[]): readonly Permission[] | undefined {
  const unknown = words.some((word) => !PERMISSIONS.some((known) => known === word));
  return unknown ? undefined : PERMISSIONS.filter((permission) => words.includes(permission));
}
