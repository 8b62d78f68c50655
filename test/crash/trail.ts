import type { LoggedRequest } from "../../sandbox/request-log";
import type { Chain } from "./chain";
import type { ChainKey } from "./declared";
import { PHASES, type Phase, type Point, pointsOf, sharedPoints } from "./points";

/** Every point of a key of each exchange: of its own, and shared by all keys of a parent. */
export interface Survey {
  readonly own: readonly Point[];
  readonly shared: readonly Point[];
}

/** The requests about a key's sub-account, in order. */
export function requestsOf(key: ChainKey, log: readonly LoggedRequest[]): readonly LoggedRequest[] {
  return log.filter(({ exchange, subAccount }) => exchange === key.exchange && subAccount === key.subAccount);
}

/** The requests of a parent that are about no sub-account, in order. */
export function sharedRequests(exchange: string, log: readonly LoggedRequest[]): readonly LoggedRequest[] {
  return log.filter((request) => request.exchange === exchange && request.subAccount === null);
}

/** Takes one key of each exchange through all phases undisturbed, and tells every point that it passed. */
export async function survey(chain: Chain, onPhase: (phase: Phase) => void): Promise<Survey> {
  const own: Point[] = [];
  const shared: Point[] = [];
  for (const phase of PHASES) {
    onPhase(phase);
    await chain.declare(phase);
    await chain.control.clearRequests();
    chain.gate.begin(new Map());
    await chain.stack.must(...chain.upArguments());
    const log = await chain.control.requests();
    for (const key of chain.keys) {
      const requests = requestsOf(key, log).map(({ operation }) => operation);
      const operations = sharedRequests(key.exchange, log).map(({ operation }) => operation);
      if (requests.length === 0) throw new Error(`${key.exchange} was asked nothing when a key was to ${phase}`);
      own.push(...pointsOf(key.exchange, phase, { requests, deeds: chain.gate.deedsOf(key.name) }));
      shared.push(...sharedPoints(key.exchange, phase, operations));
    }
    if (phase === "rotate") {
      await chain.passOverlap();
      await chain.stack.must(...chain.upArguments());
    }
  }
  return { own, shared };
}
