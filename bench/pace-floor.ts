import { type RequestFacts, type Requests, requestsOf } from "../providers/src/core/requests";
import type { OperationRate } from "../providers/src/exchanges/descriptor";
import { descriptorOf } from "../providers/src/exchanges/registry";
import { ROOM } from "../providers/src/wire/limiter";

/** Keys that are rotated at once. */
export interface Herd {
  readonly exchange: string;
  readonly keys: number;
  readonly subAccounts: number;
}

/**
 * Seconds that the calls of a rotation take which cannot be saved, at the pace of our limiter: all keys of a sub-account share a list before and one
 * after, and every other call is made for each key. Lanes go on side by side, what shares a pool one after the other.
 */
export function floorOf({ exchange, keys, subAccounts }: Herd): number {
  const { requests, rates, lanes } = descriptorOf(exchange);
  if (requests === undefined) throw new Error(`the descriptor of ${exchange} does not tell what a call takes`);
  const paces: Readonly<Record<string, OperationRate>> = { ...lanes?.value, ...rates.value };
  const busy = new Map<string, number>();
  for (const [lane, count] of Object.entries(rotationOf(requests.value, { keys, subAccounts }))) {
    const pace = paces[lane];
    if (pace === undefined) throw new Error(`the descriptor of ${exchange} has no pace for ${lane}`);
    const line = pace.pool ?? lane;
    busy.set(line, (busy.get(line) ?? 0) + (count * pace.perMs) / pace.requests);
  }
  return (Math.max(...busy.values()) * ROOM) / 1000;
}

function rotationOf(facts: RequestFacts, { keys, subAccounts }: Omit<Herd, "exchange">): Requests {
  const { list = 0, ...own } = requestsOf(facts, "rotate", { listed: keys / subAccounts, versions: 1 });
  const all = Object.entries(own).map(([lane, count]) => [lane, count * keys]);
  return { ...Object.fromEntries(all), list: list * subAccounts };
}
