import assert from "node:assert/strict";
import { exchangeReasons } from "../../providers/src/core/causes";
import { outputsOf } from "../../providers/src/core/record";
import { schedule } from "../../providers/src/core/schedule";
import { steps } from "./planned";
import { day, documentOf, inputsAt, listed, recordOf, version } from "./samples";

/** The overlap of version 1 is open until day 31, 1 o'clock, and version 2 expires within it and a day. */
describe("an expiring current version beside an open overlap", () => {
  const recorded = recordOf(
    documentOf([
      version(1, { state: "previous", retireAfter: day(31, 1).toISOString() }),
      version(2, { issuedAt: day(30).toISOString(), notAfter: day(32).toISOString() }),
    ]),
  );
  const keys = [listed(1), listed(2)];
  const now = day(30, 2);

  it("is superseded at once", () => {
    assert.deepEqual(steps({ keys, recorded, now }), ["issue 3: expiring"]);
  });

  it("does not wait for the overlap because its age is due as well", () => {
    const rotate = { every: "1h", overlap: "24h" };
    const inputs = inputsAt(now, { rotate, schedule: schedule(undefined, rotate, day(30)) });
    assert.deepEqual(steps({ keys, recorded, now, inputs }), ["issue 3: expiring"]);
    const outputs = outputsOf(inputs, recorded, "ready");
    assert.deepEqual(exchangeReasons(inputs, outputs, now), ["rotation: expiring"], "the diff shows it, too");
  });

  it("is not refused its successor because a person asked for a rotation as well", () => {
    for (const changes of [
      { rotate: { every: "30d", overlap: "24h", trigger: "now" } },
      { bot: "mm-2" },
      { seal: "local:///new" },
    ]) {
      assert.deepEqual(steps({ keys, recorded, now, inputs: inputsAt(now, changes) }), ["issue 3: expiring"]);
    }
  });
});
