import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Chain } from "../crash/chain";
import { addressIn } from "../crash/declared";
import type { Phase } from "../crash/points";
import { HABITS, Probe, type Scene } from "./probe";

/** Calls that each bot must have made in a phase: fewer would show nothing. */
const LEAST = 5;

/** Rotations in the whole story. */
const ROTATIONS = 2;

describe("bots that call all the time", function () {
  this.timeout(1_200_000);
  let chain: Chain;
  let scene: Scene;
  let probes: readonly Probe[] = [];

  before(async () => {
    chain = await Chain.open(1);
    await chain.declare("create");
    await up();
    await chain.declare("update");
    await up();
    scene = { sandbox: chain.sandbox, offsetMs: (await chain.control.clock()).offsetMs, paused: false };
    probes = chain.keys.flatMap(({ name }) => HABITS.map((habit) => new Probe(habit, chain.bot(name), scene)));
  });
  after(async () => {
    await Promise.all(probes.map((probe) => probe.end()));
    await chain.close();
  });

  const up = () => chain.stack.must(...chain.upArguments());

  /** Does what no bot may have a call under way for: the clock jumps, or a bot moves house. */
  async function between(act: () => Promise<unknown>): Promise<void> {
    scene.paused = true;
    while (!probes.every(({ isIdle }) => isIdle)) await sleep(5);
    await act();
    scene.offsetMs = (await chain.control.clock()).offsetMs;
    scene.paused = false;
  }

  /** A while in which every bot calls, whatever else goes on. */
  async function served(during: () => Promise<unknown> = async () => undefined): Promise<void> {
    const before = new Map(probes.map((probe) => [probe, probe.calls]));
    await during();
    while (probes.some((probe) => probe.calls - (before.get(probe) ?? 0) < LEAST && probe.refusals.length === 0)) await sleep(20);
    assert.deepEqual(
      probes.flatMap(({ name, refusals }) => refusals.map((refusal) => `${name}: ${refusal}`)),
      [],
    );
  }

  async function phase(name: Phase): Promise<void> {
    await between(() => chain.declare(name));
    await served(up);
  }

  /** In steps after which a bot that reads every half overlap has its turn. */
  async function passOverlap(): Promise<void> {
    for (const hours of ["11h", "11h", "4h"]) {
      await between(() => chain.control.advance(hours));
      await served();
    }
  }

  /** Both addresses, then the bots move, then only where they are. */
  async function handOver(to: Phase): Promise<void> {
    await phase("widen");
    await between(() => Promise.all(probes.map((probe) => probe.move(addressIn(to)))));
    await phase(to);
  }

  for (const round of [1, 2]) {
    it(`see no refusal through a handover of addresses, round ${round}`, async () => {
      await handOver("narrow");
    });

    it(`see no refusal through a rotation and its end, round ${round}`, async () => {
      await phase("rotate");
      await passOverlap();
      await served(up);
      assert.equal((await chain.control.keys()).length, chain.keys.length, "what was superseded is retired");
    });

    it(`see no refusal through a handover back, round ${round}`, async () => {
      await handOver("update");
    });
  }

  it("took up each version once, those that follow their document too", () => {
    const taken = probes.map(({ name, authentications }) => [name, authentications]);
    assert.deepEqual(
      taken,
      probes.map(({ name }) => [name, 1 + ROTATIONS]),
    );
  });

  it("made thousands of calls", () => {
    const counts = new Map(HABITS.map((habit) => [habit, 0]));
    for (const { habit, calls } of probes) counts.set(habit, (counts.get(habit) ?? 0) + calls);
    const shown = [...counts].map(([habit, calls]) => `${habit}: ${calls}`).join(", ");
    process.stdout.write(`      calls without a refusal, by habit of reading: ${shown}\n`);
    for (const [habit, calls] of counts) assert.ok(calls >= 1000, `${habit}: ${calls}`);
  });
});
