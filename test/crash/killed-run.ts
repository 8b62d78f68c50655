import { killHost, killTree } from "../../harness/kill";
import type { LoggedRequest } from "../../sandbox/request-log";
import type { Chain } from "./chain";
import type { ChainKey } from "./declared";
import type { Stop } from "./gate";
import { patiently } from "./patience";
import type { Pass, Point } from "./points";
import { requestsOf, sharedRequests } from "./trail";

/** Which key is to stand where when the kill comes. A key that is in no entry runs to its end. */
export type Stands = ReadonlyMap<ChainKey, Point>;

/** More than a caller repeats a request: what hangs once goes on hanging. */
const FOR_EVER = 1000;

/**
 * One `up` that is killed when every key stands at its point.
 * @returns the points that were not reached: the run ended, or nothing more happened in it
 */
export async function killedRun(chain: Chain, stands: Stands, pass: Pass): Promise<readonly Point[]> {
  await prepare(chain, stands);
  const before = await chain.recorded();
  const running = chain.stack.start(...chain.upArguments());
  let ended = false;
  const end = running.ended.finally(() => {
    ended = true;
  });
  let missing: readonly Standing[] = [...stands];
  await patiently(
    async () => {
      missing = await notThere(chain, missing, before);
      return { left: missing, sign: await chain.sign() };
    },
    () => ended,
  );
  // A run that is over before the kill has been killed nowhere.
  if (ended) missing = [...stands];
  else (pass === "tree" ? killTree : killHost)(running.pid);
  await end;
  await chain.control.clearFaults();
  chain.gate.begin(new Map());
  return missing.map(([, point]) => point);
}

async function prepare(chain: Chain, stands: Stands): Promise<void> {
  const stops = new Map<string, Stop>();
  await chain.control.clearRequests();
  const kept = keeper(chain, stands);
  if (kept !== undefined) stops.set(kept.name, { deed: "answer", index: 0, edge: "before" });
  for (const [{ name, exchange, subAccount }, { place, edge }] of stands) {
    if (place.kind === "deed") stops.set(name, { ...place, edge });
    if (place.kind === "state" && edge === "before") stops.set(name, { deed: "answer", index: 0, edge });
    if (place.kind !== "request" && place.kind !== "shared") continue;
    const whose = place.kind === "request" ? { subAccount } : { operation: place.operation as LoggedRequest["operation"] };
    await chain.control.addFault({ kind: "hang", when: edge, exchange, ...whose, skip: place.index, times: FOR_EVER });
  }
  chain.gate.begin(stops);
}

/** Where every key runs to its end, another one keeps the run from being over before the kill comes. */
function keeper(chain: Chain, stands: Stands): ChainKey | undefined {
  const toTheEnd = [...stands.values()].every(({ place, edge }) => place.kind === "state" && edge === "after");
  return toTheEnd ? chain.keys.find((key) => !stands.has(key)) : undefined;
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
