import assert from "node:assert/strict";
import { mock } from "node:test";
import { isKind } from "../../providers/src/core/errors";
import type { WireRequest } from "../../providers/src/exchanges/adapter";
import { Breaker } from "../../providers/src/wire/breaker";
import type { Client } from "../../providers/src/wire/ccxt";
import { Limiter } from "../../providers/src/wire/limiter";
import { Refused, type RefusedFacts } from "../../providers/src/wire/refused";
import { createWire } from "../../providers/src/wire/wire";
import { instantTimer } from "./instant-timer";

const LIST: WireRequest = { operation: "list", access: "public", method: "GET", path: "keys", params: {}, safe: true };
const ISSUE: WireRequest = { ...LIST, operation: "issue", method: "POST", safe: false };
const DEAD: RefusedFacts = { kind: "Unavailable", message: "no answer", uncertain: true };
const REST_MS = 20_000;

/** An exchange that does what `says` says at the time. */
function parent(says: () => RefusedFacts | "ok") {
  const seen = { requests: 0 };
  const client: Client = {
    request: async () => {
      seen.requests += 1;
      const said = says();
      if (said === "ok") return {};
      throw new Refused(said);
    },
    time: async () => 0,
    correctClock: () => {},
  };
  const timer = instantTimer();
  const breaker = new Breaker(REST_MS);
  return {
    seen,
    timer,
    wire: createWire({ exchange: "here", client, limiter: new Limiter({}, 1, timer), breaker, timer, now: () => 0 }),
  };
}

describe("circuit breaker of a parent", () => {
  // By its own clock, which stands still: how long a busy machine takes does not matter.
  beforeEach(() => mock.timers.enable({ apis: ["Date"] }));
  afterEach(() => mock.timers.reset());

  it("sends nothing more after three failures in a row, and says so", async () => {
    const { wire, seen, timer } = parent(() => DEAD);
    await assert.rejects(wire.call(LIST));
    const pauses = timer.waits.length;
    for (const request of [LIST, ISSUE, LIST]) {
      await assert.rejects(wire.call(request), (error) => {
        assert.ok(isKind(error, "Unavailable"), "an act that was not asked for has a known outcome");
        assert.match(error.message, /no answer, 3 times in a row: nothing more is asked/);
        return true;
      });
    }
    assert.equal(seen.requests, 3);
    assert.equal(timer.waits.length, pauses, "it waits for nothing that cannot come");
  });

  it("tries one request after its rest, and serves again when that one is answered", async () => {
    let said: RefusedFacts | "ok" = DEAD;
    const { wire, seen } = parent(() => said);
    await assert.rejects(wire.call(LIST));
    mock.timers.tick(REST_MS);
    await assert.rejects(wire.call(LIST));
    assert.equal(seen.requests, 4, "one trial, not three");
    mock.timers.tick(REST_MS);
    said = "ok";
    await Promise.all([wire.call(LIST), wire.call(LIST)]);
    assert.equal(seen.requests, 6);
  });

  it("takes no refusal for a failure, and a refusal for service", async () => {
    const limited: RefusedFacts = { kind: "RateLimited", message: "slow" };
    const forbidden: RefusedFacts = { kind: "PermissionDenied", message: "no" };
    const script: (RefusedFacts | "ok")[] = [limited, limited, limited, DEAD, forbidden, DEAD, "ok", DEAD, "ok"];
    const { wire, seen } = parent(() => script.shift() ?? "ok");
    await assert.rejects(wire.call(LIST), (error) => isKind(error, "RateLimited"));
    await assert.rejects(wire.call(LIST), (error) => isKind(error, "PermissionDenied"));
    await wire.call(LIST);
    await wire.call(LIST);
    await wire.call(LIST);
    assert.deepEqual([script, seen.requests], [[], 10]);
  });
});
