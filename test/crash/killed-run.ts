import { setTimeout as sleep } from "node:timers/promises";
import { killHost, killTree } from "../../harness/kill";
import type { LoggedRequest } from "../../sandbox/request-log";
import type { Chain } from "./chain";
import type { ChainKey } from "./declared";
import type { Stop } from "./gate";
import type { Pass, Point } from "./points";
import { requestsOf, sharedRequests } from "./trail";

/** Which key is to stand where when the kill comes. A key that is in no entry runs to its end. */
export type Stands = ReadonlyMap<ChainKey, Point>;

/** Far longer than a run takes to bring every key to its point. */
const PATIENCE_MS = 20_000;

const LOOK_MS = 100;

/** More than a caller repeats a request: what hangs once goes on hanging. */
const FOR_EVER = 1000;

/**
 * One `up` that is killed when every key stands at its point.
 * @returns the points that were not reached: the run ended, or would not come there
 */
export async function killedRun(chain: Chain, stands: Stands, pass: Pass): Promise<readonly Point[]> {
  await prepare(chain, stands);
  const before = await chain.recorded();
  const running = chain.stack.start(...chain.upArguments());
  let ended = false;
  const end = running.ended.finally(() => {
    ended = true;
  });
  const until = Date.now() + PATIENCE_MS;
  let missing: readonly Standing[] = [...stands];
  while (missing.length > 0 && !ended && Date.now() < until) {
    await sleep(LOOK_MS);
    missing = await notThere(chain, missing, before);
  }
  if (!ended) (pass === "tree" ? killTree : killHost)(running.pid);
  await end;
  await chain.control.clearFaults();
  chain.gate.begin(new Map());
  return missing.map(([, point]) => point);
}

async function prepare(chain: Chain, stands: Stands): Promise<void> {
  const stops = new Map<string, Stop>();
  await chain.control.clearRequests();
  for (const [{ name, exchange, subAccount }, { place, edge }] of stands) {
    if (place.kind === "deed") stops.set(name, { ...place, edge });
    if (place.kind === "state" && edge === "before") stops.set(name, { deed: "answer", index: 0, edge });
    if (place.kind !== "request" && place.kind !== "shared") continue;
    const whose = place.kind === "request" ? { subAccount } : { operation: place.operation as LoggedRequest["operation"] };
    await chain.control.addFault({ kind: "hang", when: edge, exchange, ...whose, skip: place.index, times: FOR_EVER });
  }
  chain.gate.begin(stops);
}

type Standing = readonly [ChainKey, Point];

async function notThere(chain: Chain, stands: readonly Standing[], before: ReadonlyMap<string, string>): Promise<Standing[]> {
  const log = await chain.control.requests();
  const recorded = await chain.recorded();
  return stands.filter(([key, { place, edge }]) => {
    if (place.kind === "deed") return !chain.gate.isHeld(key.name);
    if (place.kind === "state")
      return edge === "before" ? !chain.gate.isHeld(key.name) : recorded.get(key.name) === before.get(key.name);
    const own = place.kind === "request";
    const asked = own ? requestsOf(key, log) : sharedRequests(key.exchange, log).filter(isOf(place.operation));
    const request = asked[place.index];
    return !(
      request?.fault === "hang" &&
      request.operation === place.operation &&
      (edge === "before" || request.status !== null)
    );
  });
}

function isOf(operation: string): (request: LoggedRequest) => boolean {
  return (request) => request.operation === operation;
}
