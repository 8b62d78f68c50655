import assert from "node:assert/strict";
import { type ClockedSituation, clockError, waitsForClock } from "../../providers/src/core/clock-difference";
import { isKind } from "../../providers/src/core/errors";
import type { Step } from "../../providers/src/core/situation";
import { day, inputsAt, listed, version } from "./samples";

const HOUR = 3_600_000;
const inputs = inputsAt(day(1));
const stray = { apiKey: "pub9", until: day(1).toISOString() };
const without = { ...inputs, rotate: { ...inputs.rotate, overlap: "0" } };

const SCHEDULED: readonly Step[] = [
  { do: "issue", serial: 2, cause: "age" },
  { do: "issue", serial: 2, cause: "expiring" },
  { do: "askForKey", cause: "age", version: version(1) },
];
const ENDINGS: readonly Step[] = [
  { do: "retire", version: version(1) },
  { do: "retireStray", stray },
  { do: "unpublish", former: { url: "file:///old.json", after: day(1).toISOString() } },
];
const CERTAIN: readonly Step[] = [
  ...(["missing", "trigger", "identity", "seal", "publicKey", "lifetime", "binding", "scopes"] as const).map(
    (cause): Step => ({ do: "issue", serial: 2, cause }),
  ),
  { do: "askForKey", cause: "trigger", version: version(1) },
  { do: "drop", version: version(1) },
  { do: "revokeLost", apiKey: "pub1" },
  { do: "recordStray", stray },
  { do: "reject", version: version(1) },
  { do: "promote", version: version(1) },
  { do: "set", version: version(1) },
];

describe("clocks that differ", () => {
  const situation = (clockDifferenceMs: number, changes: Partial<ClockedSituation> = {}): ClockedSituation => ({
    inputs,
    listed: [listed(1)],
    clockDifferenceMs,
    ...changes,
  });

  for (const difference of [HOUR + 1, -HOUR - 1, 40 * 24 * HOUR]) {
    it(`by ${difference} ms hold up what is scheduled and what ends, and nothing that somebody asked for`, () => {
      for (const step of [...SCHEDULED, ...ENDINGS]) assert.equal(waitsForClock(step, situation(difference)), true, step.do);
      for (const step of CERTAIN) assert.equal(waitsForClock(step, situation(difference)), false, JSON.stringify(step));
    });
  }

  for (const difference of [0, HOUR, -HOUR]) {
    it(`by ${difference} ms hold up nothing`, () => {
      for (const step of [...SCHEDULED, ...ENDINGS]) assert.equal(waitsForClock(step, situation(difference)), false, step.do);
    });
  }

  it("hold up no end that comes without an overlap, and still what is scheduled", () => {
    for (const step of ENDINGS) assert.equal(waitsForClock(step, situation(2 * HOUR, { inputs: without })), false, step.do);
    for (const step of SCHEDULED) assert.equal(waitsForClock(step, situation(2 * HOUR, { inputs: without })), true, step.do);
  });

  it("hold up the end of a key that is over by its own time alone, and not of one that the exchange calls ended", () => {
    const ended: Step = { do: "revokeExpired", version: version(1) };
    assert.equal(waitsForClock(ended, situation(2 * HOUR)), true);
    assert.equal(waitsForClock(ended, situation(2 * HOUR, { listed: [listed(1, { expired: true })] })), false);
  });

  it("are both named", () => {
    const about = { inputs, now: day(40), clockDifferenceMs: 40 * 24 * HOUR };
    const error = clockError(SCHEDULED, about);
    assert.ok(isKind(error, "ClockSkew"));
    assert.match(
      error.message,
      /key "mm": ClockSkew: the scheduled rotation waits: the clock here says 2026-02-10T\S+Z, the exchange's 2026-01-01T/,
    );
    assert.match(clockError(ENDINGS, about).message, /what ends with an overlap waits: .*Set the clock .*rotate by a trigger/);
  });
});
