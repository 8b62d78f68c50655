import assert from "node:assert/strict";
import { diagnosticsIn } from "../../harness/diagnostics";
import { killTree } from "../../harness/kill";
import { changesIn } from "../../harness/stack";
import { arrival } from "./arrival";
import { bybitKey, okxKey } from "./declared";
import { Stage } from "./stage";

/** Longer than it takes to kill a run, shorter than a request may take. */
const HOLD_MS = 6000;

const FIRST = { "bybit-mm": bybitKey(), "okx-mm": okxKey() };
const LATER = { "bybit-arb": bybitKey("100002"), "okx-arb": okxKey("arbbot001") };

describe("a run that does not finish", function () {
  this.timeout(1_200_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
    await stage.declare(FIRST);
  });
  after(() => stage.close());

  it("leaves half-made keys after lost answers and a read-back that fails; up --refresh finishes them", async () => {
    await stage.control.addFault({ kind: "loseAnswer", exchange: "bybit", operation: "issue", times: 2 });
    await stage.control.addFault({ kind: "http", status: 500, exchange: "okx", operation: "list", skip: 1, times: 3 });
    const run = await stage.stack.run("up", "--yes", "--skip-preview", "--continue-on-error");
    assert.notEqual(run.code, 0);
    assert.deepEqual(await stage.control.faults(), [], "every fault has struck");
    const told = diagnosticsIn(run);
    assert.match(told.get("bybit-mm") ?? "", /bybit issue: OutcomeUnknown: .* list before asking again/);
    assert.match(told.get("okx-mm") ?? "", /okx list: Unavailable: the exchange failed in the middle \(code HTTP 500\)/);
    assert.deepEqual(
      (await stage.control.keys()).map(({ exchange }) => exchange),
      ["okx"],
      "keys that nobody can open are gone",
    );
    assert.equal(changesIn(await stage.stack.up("--refresh")).updated, 2);
    await stage.assertSettled();
  });

  it("loses an answer once and needs no second run", async () => {
    await stage.control.advance("30d");
    await stage.control.addFault({ kind: "loseAnswer", exchange: "bybit", operation: "issue" });
    await stage.control.addFault({ kind: "loseAnswer", exchange: "okx", operation: "issue" });
    await stage.stack.up();
    assert.deepEqual(await stage.control.faults(), []);
    await stage.assertServed();
    for (const running of stage.bots) assert.equal((await stage.living(running)).length, 2);
    await stage.control.advance("26h");
    await stage.stack.up();
    await stage.assertSettled();
  });

  it("is killed in the middle of creates and rotations: cancel and up make one working key of each, with no orphan", async () => {
    await stage.control.advance("30d");
    await stage.declare({ ...FIRST, ...LATER });
    await stage.control.clearRequests();
    await stage.control.addFault({ kind: "delay", ms: HOLD_MS, operation: "issue", times: 4 });
    const running = stage.stack.start("up", "--yes", "--skip-preview", "--parallel", "8");
    await arrival(stage.control, running, { count: 4, matches: ({ operation }) => operation === "issue" });
    killTree(running.pid);
    await running.ended;
    assert.deepEqual(await stage.control.faults(), []);
    for (const one of stage.bots) assert.equal((await stage.living(one)).length, one.bot.name in FIRST ? 2 : 1);
    await stage.stack.must("cancel", "--yes");
    await stage.stack.up();
    await stage.assertServed();
    await stage.stack.up("--expect-no-changes");
    for (const one of stage.bots) {
      const living = (await stage.living(one)).length;
      assert.equal(
        living,
        one.bot.name in FIRST ? 3 : 2,
        "what nobody can open has one overlap, like any key that an older document hides",
      );
    }
    await stage.control.advance("26h");
    await stage.stack.up();
    await stage.assertSettled();
  });
});
