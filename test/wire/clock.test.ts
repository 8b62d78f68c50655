import assert from "node:assert/strict";
import { isKind } from "../../providers/src/core/errors";
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
const SKEW: RefusedFacts = { kind: "ClockSkew", message: "time", code: "7" };

describe("the exchange's clock", () => {
  /** A clock that the answers move: each takes as long as listed, the last one repeats. */
  function slow(
    answers: readonly (RefusedFacts | "ok")[],
    ways: { readonly time: readonly number[]; readonly request: readonly number[] },
  ) {
    const seen = { requests: 0, times: 0, corrections: [] as number[] };
    let now = OURS;
    const take = (list: readonly number[], index: number): void => {
      now += list[Math.min(index, list.length - 1)] ?? 0;
    };
    const client: Client = {
      request: async () => {
        const answer = answers[Math.min(seen.requests, answers.length - 1)];
        take(ways.request, seen.requests++);
        if (answer === "ok") return { fine: true };
        throw new Refused(answer ?? { kind: "BadResponse", message: "" });
      },
      // The exchange's clock is ours, and it looks at it at the beginning: all of the way is the way back.
      time: async () => {
        const theirs = now;
        take(ways.time, seen.times++);
        return theirs;
      },
      correctClock: (difference) => seen.corrections.push(difference),
    };
    const limiter = new Limiter({}, 1, instantTimer());
    const wire = createWire({
      exchange: "here",
      client,
      limiter,
      breaker: new Breaker(),
      timer: instantTimer(),
      now: () => now,
      elapsed: () => now,
    });
    return { wire, seen };
  }

  it("measures again when an answer about the time took long, and takes the best of three", async () => {
    const { wire, seen } = slow(["ok"], { time: [9000, 3000, 7000], request: [10] });
    await wire.call(READ);
    assert.deepEqual([seen.times, seen.corrections], [3, [1500]]);
    const quick = slow(["ok"], { time: [9000, 40, 7000], request: [10] });
    await quick.wire.call(READ);
    assert.deepEqual([quick.seen.times, quick.seen.corrections], [2, [20]]);
    assert.equal(await quick.wire.clockDifference(), 20);
    assert.equal(quick.seen.times, 2, "it was measured already");
  });

  it("measures the difference for who asks, when nothing was signed yet", async () => {
    const { wire, seen } = slow(["ok"], { time: [7_200_000, 500], request: [10] });
    assert.equal(await wire.clockDifference(), 250);
    assert.equal(seen.times, 2);
  });

  it("goes on with the measurement that it has when the next one fails", async () => {
    let asked = 0;
    let now = OURS;
    const timer = instantTimer();
    const failing: Client = {
      request: async () => ({}),
      correctClock: () => undefined,
      time: async () => {
        asked += 1;
        if (asked > 1) throw new Refused({ kind: "BadResponse", message: "no time" });
        now += 4000;
        return OURS;
      },
    };
    const limiter = new Limiter({}, 1, timer);
    const wire = createWire({
      exchange: "here",
      client: failing,
      limiter,
      breaker: new Breaker(),
      timer,
      now: () => now,
      elapsed: () => now,
    });
    assert.equal(await wire.clockDifference(), 2000);
    assert.equal(asked, 3);
  });

  it("signs even an issue anew that was late on its way, and says that the way is too slow when it stays so", async () => {
    const late = slow([SKEW, SKEW, "ok"], { time: [10], request: [9000, 9000, 10] });
    assert.deepEqual(await late.wire.call(ISSUE), { fine: true });
    const always = slow([SKEW], { time: [10], request: [9000] });
    await assert.rejects(always.wire.call(ISSUE), (error) => {
      assert.ok(isKind(error, "Unavailable"), String(error));
      assert.match(
        error.message,
        /too late: this machine, or the way to the exchange, is too slow \(code 7\)\. Nothing was carried out/,
      );
      return true;
    });
    assert.equal(always.seen.requests, 3);
    const starved = slow([SKEW], { time: [9000], request: [10] });
    await assert.rejects(starved.wire.call(READ), (error) => isKind(error, "Unavailable"));
  });
});
