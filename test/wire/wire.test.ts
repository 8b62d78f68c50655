import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { isKind, KeyError } from "../../providers/src/core/errors";
import type { WireRequest } from "../../providers/src/exchanges/adapter";
import { Breaker } from "../../providers/src/wire/breaker";
import type { Client } from "../../providers/src/wire/ccxt";
import { Limiter } from "../../providers/src/wire/limiter";
import { Refused, type RefusedFacts } from "../../providers/src/wire/refused";
import { createWire } from "../../providers/src/wire/wire";
import { instantTimer } from "./instant-timer";

const READ: WireRequest = { operation: "list", access: "private", method: "GET", path: "keys", params: {}, safe: true };
const ISSUE: WireRequest = { ...READ, operation: "issue", method: "POST", safe: false };
const OURS = Date.parse("2026-11-22T10:00:00.000Z");

/** A client whose answers are listed beforehand; the last one repeats. */
function scripted(answers: readonly (RefusedFacts | Error | "ok")[], times: readonly number[] = [OURS]) {
  const seen = { requests: 0, times: 0, corrections: [] as number[] };
  const client: Client = {
    request: async () => {
      const answer = answers[Math.min(seen.requests, answers.length - 1)];
      seen.requests += 1;
      if (answer === "ok") return { fine: true };
      throw answer instanceof Error ? answer : new Refused(answer ?? { kind: "BadResponse", message: "" });
    },
    time: async () => {
      const time = times[Math.min(seen.times, times.length - 1)] ?? OURS;
      seen.times += 1;
      return time;
    },
    correctClock: (difference) => seen.corrections.push(difference),
  };
  const timer = instantTimer();
  const limiter = new Limiter({}, 1, timer);
  return {
    wire: createWire({ exchange: "here", client, limiter, breaker: new Breaker(), timer, now: () => OURS }),
    client,
    seen,
    timer,
  };
}

const SKEW: RefusedFacts = { kind: "ClockSkew", message: "time", code: "7" };
const BUSY: RefusedFacts = { kind: "Unavailable", message: "busy", uncertain: true };

describe("wire", () => {
  it("measures the exchange's clock once for concurrent calls and signs with it", async () => {
    const { wire, seen } = scripted(["ok"], [OURS + 40_000]);
    await Promise.all([wire.call(READ), wire.call(ISSUE), wire.call(READ)]);
    await wire.call(READ);
    assert.equal(seen.times, 1);
    assert.deepEqual(seen.corrections, [-40_000]);
  });

  it("knows a signed call by the first name of its part of the API", async () => {
    const { wire, seen } = scripted(["ok"]);
    await wire.call({ ...READ, access: ["public", "private"] });
    assert.equal(seen.times, 0);
    await wire.call({ ...READ, access: ["private", "keys"] });
    assert.equal(seen.times, 1);
    const named = scripted(["ok"]);
    await named.wire.call({ ...READ, access: "v2" });
    assert.equal(named.seen.times, 1);
  });

  it("keeps the pace of a call's own lane, and of its operation where it has none", async () => {
    const lanes: string[] = [];
    const { client, timer } = scripted([BUSY, "ok"]);
    class Watched extends Limiter {
      override async turn(lane: string): Promise<void> {
        lanes.push(lane);
        await super.turn(lane);
      }
    }
    const limiter = new Watched({}, 1, timer);
    const wire = createWire({ exchange: "here", client, limiter, breaker: new Breaker(), timer, now: () => OURS });
    await wire.call({ ...READ, lane: "apart" });
    await wire.call(READ);
    assert.deepEqual(lanes, ["time", "apart", "apart", "list"]);
  });

  it("tells that a request leaves when its turn has come, before anything of it is sent, and each time it is sent", async () => {
    const { client, timer } = scripted([BUSY, "ok"]);
    const told: string[] = [];
    class Watched extends Limiter {
      override async turn(lane: string): Promise<void> {
        told.push(`${lane} waits`);
        await super.turn(lane);
      }
    }
    const sending: Client = {
      ...client,
      request: (request) => {
        told.push("sent");
        return client.request(request);
      },
    };
    const limiter = new Watched({}, 1, timer);
    const wire = createWire({ exchange: "here", client: sending, limiter, breaker: new Breaker(), timer, now: () => OURS });
    await wire.call(READ, () => told.push("leaves"));
    assert.deepEqual(told, ["time waits", "list waits", "leaves", "sent", "list waits", "leaves", "sent"]);
  });

  it("paces by how late an answer was, and by no refusal", async () => {
    const { client, timer } = scripted([{ kind: "RateLimited", message: "slow down" }, "ok"]);
    const told: (readonly [string, number])[] = [];
    class Watched extends Limiter {
      override answered(lane: string, took: number): void {
        told.push([lane, took]);
        super.answered(lane, took);
      }
    }
    const slow: Client = {
      ...client,
      request: async (request) => {
        await timer.wait(400);
        return client.request(request);
      },
    };
    const limiter = new Watched({ issue: { requests: 1, perMs: 1000 } }, 1, timer);
    const wire = createWire({ exchange: "here", client: slow, limiter, breaker: new Breaker(), timer, now: () => OURS });
    await wire.call(ISSUE);
    const ended = timer.now();
    assert.deepEqual(told, [
      ["time", 0],
      ["issue", 400],
    ]);
    await wire.call(ISSUE);
    assert.equal(timer.now() - ended, 1400);
  });

  it("needs no clock for a public call", async () => {
    const { wire, seen } = scripted(["ok"]);
    await wire.call({ ...READ, access: "public" });
    assert.equal(seen.times, 0);
  });

  it("measures again after a refusal for the time, and sends even an issue anew: it was not carried out", async () => {
    const { wire, seen } = scripted([SKEW, "ok"], [OURS, OURS + 9_000]);
    assert.deepEqual(await wire.call(ISSUE), { fine: true });
    assert.deepEqual(seen, { requests: 2, times: 2, corrections: [0, -9_000] });
  });

  it("shares the second measurement between calls that were refused together", async () => {
    const { wire, seen } = scripted([SKEW, SKEW, SKEW, "ok"]);
    await Promise.all([wire.call(READ), wire.call(READ), wire.call(READ)]);
    assert.equal(seen.times, 2);
  });

  it("names both times when the skew stays", async () => {
    const { wire, seen } = scripted([SKEW], [OURS, OURS + 9_000]);
    await assert.rejects(wire.call(ISSUE), (error) => {
      assert.ok(isKind(error, "ClockSkew"));
      assert.match(error.message, /2026-11-22T10:00:00\.000Z.*2026-11-22T10:00:09\.000Z/);
      assert.equal(error.code, "7");
      return true;
    });
    assert.equal(seen.requests, 2);
  });

  it("asks three times at most, and only where asking twice does no harm", async () => {
    for (const [request, kind, requests] of [
      [READ, "Unavailable", 3],
      [ISSUE, "OutcomeUnknown", 1],
    ] as const) {
      const { wire, seen } = scripted([BUSY]);
      await assert.rejects(wire.call(request), (error) => isKind(error, kind));
      assert.equal(seen.requests, requests);
    }
  });

  it("sends even an issue again that was refused for its pace: it was not carried out", async () => {
    const { wire, seen } = scripted([{ kind: "RateLimited", message: "slow", retryAfterMs: 1000 }, "ok"]);
    assert.deepEqual(await wire.call(ISSUE), { fine: true });
    assert.equal(seen.requests, 2);
  });

  it("asks nothing more of an exchange that asks for a long wait, whoever stands in the queue, until that has passed", async () => {
    const { client, seen, timer: instant } = scripted([{ kind: "RateLimited", message: "pace", retryAfterMs: 60_000 }, "ok"]);
    // An answer is there before a turn is over.
    const timer = { ...instant, wait: (ms: number) => setImmediate().then(() => instant.wait(ms)) };
    const limiter = new Limiter({ list: { requests: 1, perMs: 100 } }, 1, timer);
    const wire = createWire({ exchange: "here", client, limiter, breaker: new Breaker(), timer, now: () => OURS });
    const all = await Promise.allSettled([1, 2, 3, 4].map(() => wire.call(READ)));
    assert.equal(seen.requests, 1);
    for (const one of all) assert.ok(one.status === "rejected" && isKind(one.reason, "RateLimited"), JSON.stringify(one));
    await assert.rejects(wire.call(READ), /nothing is sent to it for another (60|5\d) s/);
    await timer.wait(60_000);
    assert.deepEqual(await wire.call(READ), { fine: true });
    assert.equal(seen.requests, 2);
  });

  it("takes a long queue for no failure: neither a deadline nor the breaker counts it", async () => {
    const { client, seen, timer } = scripted(["ok"]);
    const limiter = new Limiter({ list: { requests: 1, perMs: 1000 } }, 1, timer);
    const breaker = new Breaker();
    const wire = createWire({ exchange: "here", client, limiter, breaker, timer, now: () => OURS });
    await Promise.all(Array.from({ length: 200 }, () => wire.call(READ)));
    assert.equal(seen.requests, 200);
    assert.ok(timer.now() > 199_000, "the last one stood in the queue for minutes");
    assert.deepEqual(await wire.call(READ), { fine: true });
  });

  it("does not ask again after a refusal that will stay", async () => {
    const { wire, seen } = scripted([{ kind: "PermissionDenied", message: "no" }]);
    await assert.rejects(wire.call(READ), (error) => isKind(error, "PermissionDenied"));
    assert.equal(seen.requests, 1);
  });

  it("waits as long as it is told, but not longer than five seconds", async () => {
    const short = scripted([{ kind: "RateLimited", message: "slow", retryAfterMs: 3000 }, "ok"]);
    await short.wire.call(READ);
    assert.ok(short.timer.now() >= 3000);
    const long = scripted([{ kind: "RateLimited", message: "slow", retryAfterMs: 60_000 }, "ok"]);
    await assert.rejects(long.wire.call(READ), (error) => {
      assert.ok(isKind(error, "RateLimited"));
      assert.equal(error.retryAfterMs, 60_000);
      return true;
    });
    assert.deepEqual([long.seen.requests, long.timer.now()], [1, 0]);
  });

  it("pauses between tries, each time longer", async () => {
    const { wire, timer } = scripted([BUSY]);
    await assert.rejects(wire.call(READ));
    const [first = 0, second = 0, ...more] = timer.waits;
    assert.ok(first >= 100 && first <= 200 && second >= 200 && second <= 400 && more.length === 0);
  });

  it("repeats nothing of an error that the client made itself", async () => {
    const { wire } = scripted([new TypeError("https://host/?signature=secret")]);
    await assert.rejects(wire.call(ISSUE), (error) => {
      assert.ok(error instanceof KeyError);
      assert.equal(error.kind, "OutcomeUnknown");
      assert.match(error.message, /^here issue: .*\(TypeError\)$/);
      assert.doesNotMatch(error.message, /secret|https/);
      return true;
    });
  });
});
