import assert from "node:assert/strict";
import { freezeTree } from "../../harness/kill";
import { arrival } from "./arrival";
import { bybitKey, okxKey } from "./declared";
import { Stage } from "./stage";

const KEYS = { "bybit-mm": bybitKey(), "okx-mm": okxKey() };

describe("two runs of one stack", function () {
  this.timeout(1_200_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
    await stage.declare(KEYS);
    await stage.stack.up();
    await stage.assertServed();
  });
  after(() => stage.close());

  const isIssue = ({ operation }: { readonly operation: string }): boolean => operation === "issue";

  it("are kept apart by Pulumi's lock: the second one asks no exchange anything", async () => {
    await stage.control.advance("30d");
    await stage.control.clearRequests();
    await stage.control.addFault({ kind: "delay", ms: 3000, operation: "issue", times: 2 });
    const first = stage.stack.start("up", "--yes", "--skip-preview");
    await arrival(stage.control, first, { count: 2, matches: isIssue });
    // It holds the lock for as long as the other one takes, on whatever machine.
    const wake = freezeTree(first.pid);
    try {
      const asked = (await stage.control.requests()).length;
      const second = await stage.stack.run("up", "--yes", "--skip-preview");
      assert.notEqual(second.code, 0);
      assert.match(second.stdout + second.stderr, /the stack is currently locked/);
      assert.equal((await stage.control.requests()).length, asked);
    } finally {
      wake();
    }
    assert.equal((await first.ended).code, 0);
    await stage.assertServed();
    await stage.control.advance("26h");
    await stage.stack.up();
    await stage.assertSettled();
  });

  it("do no harm where the lock was taken from one that only slept: it wakes up after the other has finished", async () => {
    await stage.control.advance("30d");
    await stage.control.clearRequests();
    await stage.control.addFault({ kind: "delay", ms: 3000, operation: "issue", times: 2 });
    const stale = stage.stack.start("up", "--yes", "--skip-preview");
    await arrival(stage.control, stale, { count: 2, matches: isIssue });
    const wake = freezeTree(stale.pid);
    try {
      await stage.stack.must("cancel", "--yes");
      await stage.stack.up();
      await stage.assertServed();
    } finally {
      wake();
    }
    await stale.ended;
    await stage.assertServed();
    await stage.stack.up();
    await stage.assertServed();
    await stage.control.advance("26h");
    await stage.stack.up();
    await stage.assertSettled();
  });
});
