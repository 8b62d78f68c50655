import assert from "node:assert/strict";
import { diagnosticsIn } from "../../harness/diagnostics";
import { bybitKey, okxKey } from "./declared";
import { Stage } from "./stage";

/** More than a breaker lets through before it opens, so that most must be told without asking. */
const DEAD = Array.from({ length: 8 }, (_, index) => [`bybit-${index}`, bybitKey(String(100001 + index))] as const);
const KEYS = { ...Object.fromEntries(DEAD), "okx-mm": okxKey() };

/** What the product promises of a whole `up` against an exchange that does not serve, beside what the CLI itself takes. */
const MINUTE_MS = 60_000;

const FOR_EVER = { times: 100_000, exchange: "bybit" } as const;

describe("a whole up against an exchange that is dead", function () {
  this.timeout(1_200_000);
  let stage: Stage;
  /** What a run takes that asks no exchange anything, on this machine at present. */
  let ownMs = 0;

  before(async () => {
    // The documented pace: a breaker's rest, too, is as long as a user would see it.
    stage = await Stage.open(1);
    for (const [, { subAccount }] of DEAD) {
      if (!(stage.sandbox.files.subAccounts.bybit ?? []).includes(subAccount))
        await stage.control.addSubAccount("bybit", subAccount);
    }
    await stage.declare(KEYS);
    const start = performance.now();
    await stage.stack.must("preview");
    ownMs = performance.now() - start;
  });
  afterEach(() => stage.control.clearFaults());
  after(() => stage.close());

  /** @returns how many requests the dead exchange was sent */
  async function assertEnds(told: RegExp): Promise<number> {
    await stage.control.clearRequests();
    const run = stage.stack.run("up", "--yes", "--skip-preview", "--continue-on-error", "--parallel", "64");
    const late = Symbol("late");
    const timer = new Promise<typeof late>((resolve) => setTimeout(resolve, MINUTE_MS + ownMs, late).unref());
    const ended = await Promise.race([run, timer]);
    if (ended === late) throw new Error("the run hangs");
    assert.notEqual(ended.code, 0);
    const said = diagnosticsIn(ended);
    for (const [name] of DEAD) assert.match(said.get(name) ?? "", told, name);
    assert.equal(said.get("okx-mm"), undefined);
    return (await stage.control.requests()).filter(({ exchange }) => exchange === "bybit").length;
  }

  it("ends within a minute when nothing is answered, says so of each key, and serves the other exchange", async () => {
    await stage.control.addFault({ kind: "hang", when: "before", ...FOR_EVER });
    const sent = await assertEnds(/bybit .*Unavailable: /);
    assert.ok(sent <= 6, `${sent} requests were sent to it`);
    assert.equal((await stage.control.keys("okx")).length, 1);
    await stage.bot("okx-mm").assertServed();
  });

  it("ends within a minute when only its clock and the parent's rights are answered", async () => {
    await stage.control.addFault({ kind: "hang", when: "before", operation: "list", ...FOR_EVER });
    const sent = await assertEnds(/bybit .*Unavailable: /);
    assert.ok(sent <= 2 + 2 * DEAD.length, `${sent} requests were sent to it`);
  });

  it("ends within a minute when every answer is a failure", async () => {
    await stage.control.addFault({ kind: "http", status: 503, body: "<html>maintenance</html>", ...FOR_EVER });
    const sent = await assertEnds(/bybit .*Unavailable: /);
    assert.ok(sent <= 6, `${sent} requests were sent to it`);
  });

  it("is made up for by the next up when the exchange is back", async () => {
    await stage.stack.up();
    await stage.assertSettled();
  });
});
