import assert from "node:assert/strict";
import { Limiter } from "../../providers/src/wire/limiter";

/** Holds every wait until `pass` lets time go by. */
function heldTimer() {
  let now = 0;
  const waiting: { readonly until: number; readonly go: () => void }[] = [];
  return {
    timer: {
      now: () => now,
      wait: (ms: number) => new Promise<void>((go) => void waiting.push({ until: now + ms, go })),
    },
    pass: async (ms: number): Promise<void> => {
      now += ms;
      for (const one of waiting.filter(({ until }) => until <= now)) one.go();
      await Promise.resolve();
    },
  };
}

const PACE = { issue: { requests: 1, perMs: 1000 }, list: { requests: 10, perMs: 1000 } };

describe("limiter", () => {
  it("gives evenly spaced turns in the order they were asked for", async () => {
    const { timer, pass } = heldTimer();
    const limiter = new Limiter(PACE, 1, timer);
    const done: string[] = [];
    const turns = ["a", "b", "c"].map((name) => limiter.turn("issue").then(() => done.push(`${name}@${timer.now()}`)));
    await turns[0];
    assert.deepEqual(done, ["a@0"]);
    await pass(1099);
    assert.deepEqual(done, ["a@0"]);
    await pass(1);
    await turns[1];
    assert.deepEqual(done, ["a@0", "b@1100"]);
    await pass(1100);
    await Promise.all(turns);
    assert.deepEqual(done, ["a@0", "b@1100", "c@2200"]);
  });

  it("never gives more turns in a period than the exchange allows", async () => {
    let now = 0;
    const starts: number[] = [];
    const wait = async (ms: number): Promise<void> => {
      now += ms;
    };
    const limiter = new Limiter(PACE, 1, { now: () => now, wait });
    for (let turn = 0; turn < 51; turn += 1) {
      await limiter.turn("list");
      starts.push(now);
    }
    for (const from of starts) assert.ok(starts.filter((at) => at >= from && at < from + 1000).length <= 10);
    assert.equal(starts.length, 51);
  });

  it("keeps what comes next from catching up with a request that may have arrived late", async () => {
    const { timer, pass } = heldTimer();
    const limiter = new Limiter(PACE, 1, timer);
    const given: number[] = [];
    const turn = (): Promise<number> => limiter.turn("issue").then(() => given.push(timer.now()));
    const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
    // Nothing is known of the way yet: all that the first answer took may have been before it arrived.
    await turn();
    await pass(250);
    limiter.answered("issue", 250);
    const second = turn();
    await pass(850);
    await settle();
    await pass(149);
    await settle();
    assert.deepEqual(given, [0]);
    await pass(1);
    await second;
    assert.deepEqual(given, [0, 1250]);
    // As quick as the quickest: on time.
    await pass(250);
    limiter.answered("issue", 250);
    const third = turn();
    await pass(850);
    await settle();
    await third;
    assert.deepEqual(given, [0, 1250, 2350]);
    // Later by 300 than the quickest.
    await pass(550);
    limiter.answered("issue", 550);
    const fourth = turn();
    await pass(550);
    await settle();
    await pass(200);
    await fourth;
    assert.deepEqual(given, [0, 1250, 2350, 3650]);
  });

  it("leaves late answers to the room that a wider window has", async () => {
    const { timer, pass } = heldTimer();
    const limiter = new Limiter(PACE, 1, timer);
    await limiter.turn("list");
    await pass(100);
    limiter.answered("list", 100);
    const next = limiter.turn("list");
    await pass(11);
    await next;
    assert.equal(timer.now(), 111);
  });

  it("keeps the distance also when timers fire late and together", async () => {
    const { timer, pass } = heldTimer();
    const limiter = new Limiter(PACE, 1, timer);
    const done: string[] = [];
    const turns = ["a", "b", "c"].map((name) => limiter.turn("issue").then(() => done.push(`${name}@${timer.now()}`)));
    await turns[0];
    await pass(5000);
    await turns[1];
    assert.deepEqual(done, ["a@0", "b@5000"]);
    await pass(1100);
    await turns[2];
    assert.deepEqual(done, ["a@0", "b@5000", "c@6100"]);
  });

  it("keeps operations apart and goes faster where a sandbox says so", async () => {
    const { timer, pass } = heldTimer();
    const limiter = new Limiter(PACE, 100, timer);
    await limiter.turn("issue");
    await limiter.turn("list");
    const second = limiter.turn("issue");
    await pass(12);
    await second;
  });

  it("lets the operations of a pool share its quota, each by its weight", async () => {
    let now = 0;
    const starts: number[] = [];
    const pool = { perMs: 1000, pool: "shared" };
    const pace = { light: { requests: 10, ...pool }, heavy: { requests: 5, ...pool }, shared: { requests: 1, perMs: 1000 } };
    const wait = async (ms: number): Promise<void> => {
      now += ms;
      starts.push(Math.round(now));
    };
    const limiter = new Limiter(pace, 1, { now: () => now, wait });
    for (const operation of ["light", "heavy", "light", "shared", "light"]) await limiter.turn(operation);
    assert.deepEqual(starts, [110, 330, 440]);
    limiter.hold("light", 3000);
    await limiter.turn("heavy");
    assert.deepEqual(starts, [110, 330, 440, 3440]);
  });

  it("lets nobody pass while an exchange asked for a pause", async () => {
    const { timer, pass } = heldTimer();
    const limiter = new Limiter(PACE, 1, timer);
    limiter.hold("issue", 3000);
    let passed = false;
    const turn = limiter.turn("issue").then(() => {
      passed = true;
    });
    await pass(2999);
    assert.equal(passed, false);
    await pass(1);
    await turn;
  });
});
