import assert from "node:assert/strict";
import { isKind } from "../../providers/src/core/errors";
import type { Wire, WireRequest } from "../../providers/src/exchanges/adapter";
import { openSubAccounts as openBinance } from "../../providers/src/exchanges/binance/sub-accounts";
import { openSubAccounts as openBroker } from "../../providers/src/exchanges/binancebroker/sub-accounts";
import { openSubAccounts as openBybit } from "../../providers/src/exchanges/bybit/sub-accounts";
import { openSubAccounts as openKucoin } from "../../providers/src/exchanges/kucoin/sub-accounts";
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

const binancePage = (from: number, count: number): unknown => ({
  subAccounts: Array.from({ length: count }, (_, index) => ({
    email: `bot${from + index}_virtual@somenoemail.com`,
    subUserId: from + index,
    isFreeze: false,
  })),
});

const brokerPage = (from: number, count: number): unknown =>
  Array.from({ length: count }, (_, index) => ({ subaccountId: from + index, tag: "" }));

const assetsPage = (field: string, from: number, ...enabled: readonly boolean[]): unknown => ({
  data: enabled.map((is, index) => ({ subAccountId: String(from + index), [field]: is })),
});

const kucoinPage = (totalNum: number, ...uids: readonly number[]): unknown => ({
  data: { totalNum, items: uids.map((uid) => ({ uid, subName: `bot${uid}`, status: 2, tradeTypes: ["Spot"] })) },
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
    await assert.rejects(openBinance(wireOf(binancePage(1, 100), binancePage(1, 100))).list(), repeats);
    await assert.rejects(openBroker(wireOf(brokerPage(1, 500), brokerPage(1, 500))).list(), repeats);
    const full = assetsPage("marginEnable", 1, ...Array<boolean>(20).fill(true));
    await assert.rejects(openBroker(wireOf(brokerPage(1, 30), full, full)).list(), repeats);
  });

  it("that end before all have come are an error, not a complete list", async () => {
    const ends = (error: unknown): boolean => isKind(error, "BadResponse") && /pages end before the last/.test(error.message);
    await assert.rejects(openKucoin(wireOf(kucoinPage(3, 1, 2), kucoinPage(3))).list(), ends);
  });

  it("go on until one is not full, or as many have come as there are, each once", async () => {
    const status = [{ email: "bot101_virtual@somenoemail.com", isFutureEnabled: true }];
    const binance = wireOf(binancePage(1, 100), binancePage(100, 2), status);
    const listed = await openBinance(binance).list();
    assert.equal(listed.length, 101);
    assert.deepEqual(
      listed.filter(({ products }) => products?.length !== 0).map(({ name }) => name),
      ["bot101"],
    );
    assert.deepEqual(
      binance.asked.map(({ page }) => page),
      ["1", "2", undefined],
    );
    const kucoin = wireOf(kucoinPage(3, 1, 2), kucoinPage(3, 2, 3));
    assert.deepEqual(
      (await openKucoin(kucoin).list()).map(({ id }) => id),
      ["bot1", "bot2", "bot3"],
    );
    assert.deepEqual(
      kucoin.asked.map(({ currentPage }) => currentPage),
      [1, 2],
    );
  });

  it("tell on pages of their own what is enabled, each to its end", async () => {
    const on = (...ids: readonly number[]) => Array.from({ length: 20 }, (_, index) => ids.includes(index + 1));
    const wire = wireOf(
      brokerPage(1, 500),
      brokerPage(500, 2),
      assetsPage("marginEnable", 1, ...on(2)),
      assetsPage("marginEnable", 21, false, true),
      assetsPage("futuresEnable", 1, ...on(2, 3)),
      assetsPage("futuresEnable", 21),
    );
    const listed = await openBroker(wire).list();
    assert.equal(listed.length, 501);
    assert.deepEqual(
      listed.filter(({ products }) => products?.length !== 0).map(({ id, products }) => [id, ...(products ?? [])]),
      [
        ["2", "margin", "futures"],
        ["3", "futures"],
        ["22", "margin"],
      ],
    );
    assert.deepEqual(
      wire.asked.map(({ page, size }) => [page, size]),
      [
        ["1", "500"],
        ["2", "500"],
        ["1", "20"],
        ["2", "20"],
        ["1", "20"],
        ["2", "20"],
      ],
    );
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
