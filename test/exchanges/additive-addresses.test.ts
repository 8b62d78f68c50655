import assert from "node:assert/strict";
import { isKind, KeyError } from "../../providers/src/core/errors";
import { type AdditiveAddresses, setAdditive } from "../../providers/src/exchanges/additive-addresses";

/** A key with a list, at an exchange that adds and deletes. What was done stands in `done`. */
function key(start: { readonly bound: boolean; readonly listed: readonly string[] }, limit = 3) {
  const done: string[] = [];
  let { bound, listed } = start;
  const addresses: AdditiveAddresses = {
    exchange: "here",
    limit,
    read: async () => ({ bound, listed }),
    bind: async (wanted) => {
      done.push(`bind ${wanted.join(" ")}`);
      bound = wanted.length > 0;
      listed = [...new Set([...listed, ...wanted])];
      return listed;
    },
    unlist: async (surplus) => {
      done.push(`unlist ${surplus.join(" ")}`);
      listed = listed.filter((address) => !surplus.includes(address));
    },
  };
  return { addresses, done, now: () => ({ bound, listed }) };
}

describe("a whitelist that is added to and deleted from", () => {
  it("gets what is declared before it loses the surplus", async () => {
    const { addresses, done, now } = key({ bound: true, listed: ["a", "b"] });
    await setAdditive(addresses, ["b", "c"]);
    assert.deepEqual(
      [done, now().listed],
      [
        ["bind b c", "unlist a"],
        ["b", "c"],
      ],
    );
    await setAdditive(addresses, ["c", "b"]);
    assert.equal(done.length, 2, "again: nothing");
  });

  it("binds a key that is open, though its idle list holds what is declared", async () => {
    const { addresses, done, now } = key({ bound: false, listed: ["a"] });
    await setAdditive(addresses, ["a"]);
    assert.deepEqual([done, now().bound], [["bind a"], true]);
  });

  it("opens a key that is bound, and leaves an open one alone", async () => {
    const { addresses, done } = key({ bound: true, listed: ["a"] });
    await setAdditive(addresses, []);
    await setAdditive(addresses, []);
    assert.deepEqual(done, ["bind "]);
  });

  it("loses some of the surplus first only where both together are too many, and never all", async () => {
    const full = key({ bound: true, listed: ["a", "b", "c"] });
    await setAdditive(full.addresses, ["c", "d", "e"]);
    assert.deepEqual(full.done, ["unlist a b", "bind c d e"]);
    const other = key({ bound: true, listed: ["a", "b", "c"] });
    await assert.rejects(setAdditive(other.addresses, ["d", "e", "f"]), (error) => isKind(error, "LimitReached"));
    assert.deepEqual(other.done, []);
  });

  it("takes a refused deletion for done only when the address is gone", async () => {
    const refused = new KeyError({ kind: "InvalidInput", message: "no" });
    for (const [carriedOut, passes] of [
      [true, true],
      [false, false],
    ] as const) {
      const { addresses } = key({ bound: true, listed: ["a", "b"] });
      const unlist = async (surplus: readonly string[]): Promise<void> => {
        if (carriedOut) await addresses.unlist(surplus);
        throw refused;
      };
      const act = setAdditive({ ...addresses, unlist }, ["a"]);
      if (passes) await act;
      else await assert.rejects(act, (error) => error === refused);
    }
  });
});
