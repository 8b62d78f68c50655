import type { BybitKey, BybitState } from "./state";

const DAY = 86_400_000;

/** The fields that every answer about a key has. */
export function keyFields(key: BybitKey): { id: string; note: string; apiKey: string; readOnly: 0 | 1 } {
  return { id: key.id, note: key.label, apiKey: key.apiKey, readOnly: key.readOnly };
}

/** When a key began and when it ends. A permanent key shows -2 days and the year 1970. */
export function deadline(key: BybitKey, state: BybitState): { createdAt: string; expiredAt: string; deadlineDay: number } {
  const expiresAt = state.expiresAt(key);
  const daysLeft = expiresAt === undefined ? -2 : Math.max(0, Math.ceil((expiresAt - state.world.clock.now()) / DAY));
  return { createdAt: wholeSeconds(key.createdAt), expiredAt: wholeSeconds(expiresAt ?? 0), deadlineDay: daysLeft };
}

/** ISO without milliseconds. */
function wholeSeconds(at: number): string {
  return new Date(at).toISOString().replace(/\.[0-9]{3}Z$/, "Z");
}
