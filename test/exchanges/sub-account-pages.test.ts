import assert from "node:assert/strict";
import { isKind } from "../../providers/src/core/errors";
import type { Wire, WireRequest } from "../../providers/src/exchanges/adapter";
import { openSubAccounts as openBybit } from "../../providers/src/exchanges/bybit/sub-accounts";
import { openSubAccounts as openOkx } from "../../providers/src/exchanges/okx/sub-accounts";

/** Answers each request in turn, and keeps what was asked. */
function wireOf(...answers: readonly unknown[]): Wire & { readonly asked: WireRequest["params"][] } {
  const asked: WireRequest["params"][] = [];
  const call = async ({ params }: WireRequest): Promise<unknown> => {
    asked.push(params);
    return answers[asked.length - 1] ?? assert.fail("one request too many");
  };
  return { asked, call };
}

const okxPage = (from: number, count: number, ts: (index: number) => number): unknown => ({
  data: Array.from({ length: count }, (_, index) => ({
    subAcct: `bot${from + index}`,
    uid: String(from + index),
    enable: true,
    ts: String(ts(index)),
  })),
});

const bybitPage = (uid: string, nextCursor: string): unknown => ({
  result: { subMembers: [{ uid, username: "bot1", status: 1 }], nextCursor },
});

describe("pages of sub-accounts", () => {
  it("of one creation time are read to the end, across the edge of a page", async () => {
    // The last of the first page and the first two of the second were made in the same millisecond.
    const wire = wireOf(
      okxPage(0, 100, (index) => 2000 - index),
      okxPage(99, 3, (index) => (index < 3 ? 1901 : 1)),
    );
    assert.equal((await openOkx(wire).list()).length, 102);
    assert.deepEqual(
      wire.asked.map(({ after }) => after),
      [undefined, "1902"],
    );
  });

  it("that repeat themselves are an error, not a complete list", async () => {
    const same = okxPage(0, 100, () => 1000);
    const repeats = (error: unknown): boolean => isKind(error, "BadResponse") && /pages repeat themselves/.test(error.message);
    await assert.rejects(openOkx(wireOf(same, same)).list(), repeats);
    await assert.rejects(openBybit(wireOf(bybitPage("1", "7"), bybitPage("2", "7"))).list(), repeats);
  });

  it("go on by the cursor until it is 0", async () => {
    const wire = wireOf(bybitPage("1", "7"), bybitPage("2", "0"));
    assert.deepEqual(
      (await openBybit(wire).list()).map(({ id }) => id),
      ["1", "2"],
    );
    assert.deepEqual(
      wire.asked.map(({ nextCursor }) => nextCursor),
      [undefined, "7"],
    );
  });
});
