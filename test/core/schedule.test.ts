import assert from "node:assert/strict";
import fc from "fast-check";
import { lastTick, type Rotate, type Schedule, schedule, scheduleOf } from "../../providers/src/core/schedule";
import { day } from "./samples";

const ROTATE: Rotate = { every: "30d", overlap: "24h" };

function next(old: Schedule, now: Date, rotate: Rotate = ROTATE): Schedule {
  return schedule({ rotate, schedule: old }, rotate, now);
}

/** A check in which a person has just changed the rotation. */
function changed(old: Schedule, now: Date, rotates: { readonly from: Rotate; readonly to: Rotate }): Schedule {
  return schedule({ rotate: rotates.from, schedule: old }, rotates.to, now);
}

function frameOf({ dueAt }: Schedule): Pick<Schedule, "dueAt"> {
  return { dueAt };
}

describe("schedule", () => {
  const first = schedule(undefined, ROTATE, day(0));

  it("is anchored at the hour of the first check", () => {
    const late = schedule(undefined, ROTATE, new Date(day(0, 5).getTime() + 59 * 60_000));
    assert.deepEqual(late, { dueAt: "2026-01-31T05:00Z" });
  });

  it("does not change between ticks, so that every run in between is empty", () => {
    for (const now of [day(0, 1), day(13), day(29, 23)]) assert.deepEqual(next(first, now), first);
  });

  it("says at a tick what is due, and after the overlap what was retired", () => {
    const due = next(first, day(31));
    assert.equal(due.dueAt, "2026-03-02T00:00Z");
    assert.match(due.why ?? "", /^rotation due since 2026-01-31T00:00Z \(every 30d\)/);
    assert.deepEqual(next(due, day(31, 20)), due);
    const over = next(due, day(32, 2));
    assert.deepEqual(over, { ...frameOf(due), why: "overlap over: the superseded version is retired" });
    assert.deepEqual(next(over, day(59)), over);
  });

  it("counts ticks from the anchor, so that a late rotation does not move the next one", () => {
    assert.equal(next(next(first, day(37)), day(61)).dueAt, "2026-04-01T00:00Z");
  });

  it("shows a new trigger, and nothing when a trigger is taken away", () => {
    const triggered = changed(first, day(3), { from: ROTATE, to: { ...ROTATE, trigger: "leak-7" } });
    assert.match(triggered.why ?? "", /^rotation asked for by a new trigger/);
    const settled = next(triggered, day(6), { ...ROTATE, trigger: "leak-7" });
    assert.deepEqual(changed(settled, day(6), { from: { ...ROTATE, trigger: "leak-7" }, to: ROTATE }), settled);
  });

  it("says that an overlap of 0 retires at once, and nothing after that", () => {
    const rotate = { every: "30d", overlap: "0" };
    const due = next(first, day(30), rotate);
    assert.match(due.why ?? "", /the old version is retired at once$/);
    assert.deepEqual(next(due, day(33), rotate), due);
  });

  it("says nothing of a rotation when the period is only made longer", () => {
    const longer = changed(next(first, day(35)), day(40), { from: ROTATE, to: { ...ROTATE, every: "60d" } });
    assert.deepEqual(longer, {
      dueAt: "2026-04-01T00:00Z",
      why: "overlap over: the superseded version is retired",
    });
  });

  it("says that a rotation needs another public key than the one declared before, and nothing of it between ticks", () => {
    const publicKey = "the first";
    const old = { rotate: ROTATE, publicKey, schedule: first };
    const due = scheduleOf(old, { rotate: ROTATE, publicKey }, day(30));
    const needs = "it needs a public key not used by the current version";
    assert.equal(due.why, `rotation due since 2026-01-31T00:00Z (every 30d): ${needs}`);
    assert.deepEqual(scheduleOf(old, { rotate: ROTATE, publicKey: "the second" }, day(30)), next(first, day(30)));
    assert.deepEqual(scheduleOf(old, { rotate: ROTATE }, day(30)), next(first, day(30)));
    assert.deepEqual(scheduleOf(old, { rotate: ROTATE, publicKey }, day(29)), first);
    const triggered = { ...ROTATE, trigger: "now" };
    const asked = scheduleOf(old, { rotate: triggered, publicKey }, day(2)).why;
    assert.equal(asked, `rotation asked for by a new trigger: ${needs}`);
    assert.deepEqual(scheduleOf(undefined, { rotate: ROTATE, publicKey }, day(0)), first);
  });

  it("is stable: a second check in the same hour changes nothing", () => {
    const hours = fc.integer({ min: 0, max: 24 * 400 });
    fc.assert(
      fc.property(
        fc.array(hours, { minLength: 1, maxLength: 12 }),
        fc.constantFrom("0", "1h", "24h", "6d"),
        (visits, overlap) => {
          const rotate = { every: "7d", overlap };
          let old = schedule(undefined, rotate, day(0));
          for (const hour of visits.sort((one, other) => one - other)) {
            old = next(old, day(0, hour), rotate);
            assert.deepEqual(next(old, day(0, hour), rotate), old);
            const age = day(0, hour).getTime() - lastTick({ rotate, schedule: old });
            assert.ok(age >= 0 && age < 7 * 86_400_000, "the last tick is never more than one period ago");
          }
        },
      ),
    );
  });
});
