import assert from "node:assert/strict";
import { Secret } from "../../providers/src/core/secret";
import type { KeyAdapter, ListedKey } from "../../providers/src/exchanges/adapter";
import { SharedListings, sharing } from "../../providers/src/wire/listing";

/** Listings that end when the test says so, and leave at once or when it says so. */
function held({ waits = false } = {}) {
  const begun: { readonly end: (label: string) => void; readonly fail: (error: Error) => void; readonly leave: () => void }[] =
    [];
  let now = 0;
  const load = (_: string, leave: () => void): Promise<readonly ListedKey[]> =>
    new Promise((resolve, fail) => {
      if (!waits) leave();
      const end = (label: string): void =>
        resolve([{ apiKey: label, label, scopes: [], unknownFlags: [], ipWhitelist: [], expired: false }]);
      begun.push({ end, fail, leave });
    });
  const listings = new SharedListings(load, () => now);
  const pass = (ms: number): void => {
    now += ms;
  };
  return { listings, begun, pass };
}

const labels = async (keys: Promise<readonly ListedKey[]>): Promise<readonly string[]> => (await keys).map((key) => key.label);

/** Lets everything run that waits for nothing but its turn. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe("shared listings", () => {
  it("gives concurrent readers of a sub-account one listing, and other sub-accounts their own", async () => {
    const { listings, begun } = held();
    const [one, two] = [listings.list("a"), listings.list("a")];
    void listings.list("b").catch(assert.fail);
    assert.equal(begun.length, 2);
    begun[0]?.end("first");
    assert.deepEqual([await labels(one), await labels(two)], [["first"], ["first"]]);
  });

  it("gives a finished listing to readers for five seconds from its end, however long it took", async () => {
    const { listings, begun, pass } = held();
    const first = listings.list("a");
    pass(20_000);
    begun[0]?.end("first");
    await first;
    pass(5000);
    assert.deepEqual(await labels(listings.list("a")), ["first"]);
    pass(1);
    const later = listings.list("a");
    begun[1]?.end("second");
    assert.deepEqual(await labels(later), ["second"]);
  });

  it("gives nobody a listing that began before a change", async () => {
    const { listings, begun } = held();
    const before = listings.list("a");
    listings.changed("a");
    const after = listings.list("a");
    assert.equal(begun.length, 2);
    begun[0]?.end("stale");
    begun[1]?.end("new");
    assert.deepEqual([await labels(before), await labels(after)], [["stale"], ["new"]]);
    assert.deepEqual(await labels(listings.list("a")), ["new"]);
  });

  it("asks anew for whoever wants it fresh, once for all who wait", async () => {
    const { listings, begun } = held();
    const first = listings.list("a");
    const [one, two] = [listings.fresh("a"), listings.fresh("a")];
    assert.equal(begun.length, 1);
    begun[0]?.end("first");
    await first;
    await settle();
    assert.equal(begun.length, 2);
    begun[1]?.end("second");
    assert.deepEqual([await labels(one), await labels(two)], [["second"], ["second"]]);
    const third = listings.fresh("a");
    begun[2]?.end("third");
    assert.deepEqual(await labels(third), ["third"]);
  });

  it("gives a look no listing that left before it, however long that takes", async () => {
    const { listings, begun, pass } = held();
    const slow = listings.list("a");
    pass(20_000);
    const look = listings.fresh("a");
    begun[0]?.end("slow");
    await slow;
    await settle();
    assert.equal(begun.length, 2);
    begun[1]?.end("after the look");
    assert.deepEqual(await labels(look), ["after the look"]);
    pass(20_000);
    const later = listings.fresh("a");
    begun[2]?.end("later");
    assert.deepEqual(await labels(later), ["later"]);
  });

  it("lets every look share a listing that waits for its turn, and none that comes after it left", async () => {
    const { listings, begun } = held({ waits: true });
    const one = listings.fresh("a");
    listings.changed("a");
    const [two, reader] = [listings.fresh("a"), listings.list("a")];
    assert.equal(begun.length, 1);
    begun[0]?.leave();
    const three = listings.fresh("a");
    begun[0]?.end("first");
    assert.deepEqual([await labels(one), await labels(two), await labels(reader)], [["first"], ["first"], ["first"]]);
    await settle();
    assert.equal(begun.length, 2);
    begun[1]?.leave();
    begun[1]?.end("second");
    assert.deepEqual(await labels(three), ["second"]);
  });

  it("gives nobody a listing that waited for its turn and left before a change", async () => {
    const { listings, begun } = held({ waits: true });
    const before = listings.fresh("a");
    begun[0]?.leave();
    listings.changed("a");
    const after = listings.list("a");
    assert.equal(begun.length, 2);
    for (const [index, listing] of begun.entries()) {
      listing.leave();
      listing.end(`${index}`);
    }
    assert.deepEqual([await labels(before), await labels(after)], [["0"], ["1"]]);
  });

  it("gives nobody a listing that did not tell when it left", async () => {
    const { listings, begun } = held({ waits: true });
    const look = listings.fresh("a");
    begun[0]?.end("of an unknown time");
    await assert.rejects(look, /tell when it leaves/);
  });

  it("reads the addresses of the keys that a caller names, for each caller anew", async () => {
    const read: string[] = [];
    const keys = ["k1", "k2", "gone"].map((apiKey) => ({ apiKey, label: "", scopes: [], unknownFlags: [], expired: false }));
    const adapter: Pick<KeyAdapter, "list" | "complete"> = {
      list: async () => keys,
      complete: async (_, key) => {
        read.push(key.apiKey);
        return key.apiKey === "gone" ? undefined : { ...key, ipWhitelist: ["203.0.113.7"] };
      },
    };
    const shared = sharing(adapter as KeyAdapter);
    const shown = async (look: Promise<readonly ListedKey[]>) =>
      (await look).map(({ apiKey, ipWhitelist }) => [apiKey, ipWhitelist]);
    const bound = (apiKey: string) => [apiKey, ["203.0.113.7"]];
    assert.deepEqual(await shown(shared.list("a", ["k2"])), [["k1", undefined], bound("k2"), ["gone", undefined]]);
    assert.deepEqual(await shown(shared.list("a", ["k1", "gone"])), [bound("k1"), ["k2", undefined]]);
    assert.deepEqual(await shown(shared.fresh("a", [])), [
      ["k1", undefined],
      ["k2", undefined],
      ["gone", undefined],
    ]);
    assert.deepEqual(await shown(shared.fresh("a")), [bound("k1"), bound("k2")]);
    assert.deepEqual(read, ["k2", "k1", "gone", "k1", "k2", "gone"]);
  });

  it("keeps no failure, and lets one not spoil the next", async () => {
    const { listings, begun } = held();
    const first = listings.list("a");
    const waiting = listings.fresh("a");
    begun[0]?.fail(new Error("lost"));
    await assert.rejects(first, /lost/);
    await settle();
    begun[1]?.end("second");
    assert.deepEqual(await labels(waiting), ["second"]);
  });

  it("hands on the passphrase that manages a key", async () => {
    const passphrase = new Secret("passphrase-not-real");
    const given: unknown[] = [];
    const adapter: Pick<KeyAdapter, "revoke"> = { revoke: async (...args) => void given.push(...args) };
    await sharing(adapter as KeyAdapter).revoke("a", "k", passphrase);
    assert.deepEqual(given, ["a", "k", passphrase]);
  });

  for (const change of ["issue", "set", "revoke"] as const) {
    it(`gives nobody a listing that began before or during ${change}`, async () => {
      const { listings, begun } = held();
      let finish = (): void => {};
      const act = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const issued = async () => {
        await act;
        return { apiKey: "k" };
      };
      const adapter: Pick<KeyAdapter, "issue" | "set" | "revoke"> = { issue: issued, set: () => act, revoke: () => act };
      const shared = sharing(adapter as KeyAdapter, listings);
      const spec = { label: "l", scopes: [], ipWhitelist: [] };
      const acts = {
        issue: () => shared.issue("a", spec),
        set: () => shared.set("a", "k", spec),
        revoke: () => shared.revoke("a", "k"),
      };
      const before = shared.list("a");
      begun[0]?.end("seen before");
      await before;
      const acting = acts[change]();
      const during = shared.list("a");
      assert.equal(begun.length, 2);
      finish();
      await acting;
      const after = shared.list("a");
      assert.equal(begun.length, 3);
      begun[1]?.end("seen halfway");
      begun[2]?.end("seen after");
      assert.deepEqual([await labels(during), await labels(after)], [["seen halfway"], ["seen after"]]);
      assert.deepEqual(await labels(shared.list("a")), ["seen after"]);
    });

    it(`reads anew after ${change}, also after one that failed`, async () => {
      let lists = 0;
      const failing = async (): Promise<never> => {
        throw new Error("refused");
      };
      const adapter = {
        list: async () => {
          lists += 1;
          return [];
        },
        issue: failing,
        set: failing,
        revoke: failing,
      } as unknown as KeyAdapter;
      const shared = sharing(adapter);
      await shared.list("a");
      await shared.list("a");
      assert.equal(lists, 1);
      const spec = { label: "l", scopes: [], ipWhitelist: [] };
      const acts = {
        issue: () => shared.issue("a", spec),
        set: () => shared.set("a", "k", spec),
        revoke: () => shared.revoke("a", "k"),
      };
      await assert.rejects(acts[change]());
      await shared.list("a");
      assert.equal(lists, 2);
    });
  }
});
