import assert from "node:assert/strict";
import { isKind } from "../../providers/src/core/errors";
import { whyNot } from "../../providers/src/core/support";
import type { KeyAdapter } from "../../providers/src/exchanges/adapter";
import { complete } from "../../providers/src/exchanges/complete";
import type { Descriptor, Support } from "../../providers/src/exchanges/descriptor";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";

const AT = { source: "page 7", date: "2026-01-01" } as const;
const NOT_YET: Support = { can: "not yet", ...AT };
const MANUAL: Support = { can: "manual", why: "a person does", ...AT };

/** Any descriptor, with these answers. */
function withAnswers(operations: Descriptor["operations"]): Descriptor {
  const [descriptor] = DESCRIPTORS;
  assert.ok(descriptor !== undefined);
  return { ...descriptor, operations };
}

const LISTING = withAnswers({
  list: { can: "yes", ...AT },
  issue: NOT_YET,
  find: NOT_YET,
  set: MANUAL,
  revoke: { can: "unknown" },
  inspectParent: NOT_YET,
});

describe("an adapter of which not all is written", () => {
  const calls: string[] = [];
  const written = {
    list: async (subAccount: string) => {
      calls.push(subAccount);
      return [];
    },
  };
  const spec = { label: "l", scopes: [], ipWhitelist: [] };
  beforeEach(() => {
    calls.length = 0;
  });

  it("makes the calls that it has", async () => {
    assert.deepEqual(await complete(LISTING, written).list("one"), []);
    assert.deepEqual(calls, ["one"]);
  });

  it("refuses every other operation by the descriptor's own words", async () => {
    const adapter = complete(LISTING, written);
    const refused: Readonly<Record<string, () => Promise<unknown>>> = {
      issue: () => adapter.issue("one", spec),
      set: () => adapter.set("one", "key", spec),
      revoke: () => adapter.revoke("one", "key"),
      inspectParent: () => adapter.inspectParent(),
    };
    for (const [operation, act] of Object.entries(refused)) {
      const support = LISTING.operations[operation as "issue"];
      await assert.rejects(act(), (error) => {
        assert.ok(isKind(error, "NotSupported") && error.operation === operation, operation);
        assert.ok(error.message.includes(whyNot(support) ?? assert.fail()), error.message);
        assert.equal(error.message.includes("page 7, 2026-01-01"), "source" in support, error.message);
        assert.equal(/docs\/adding-an-exchange\.md/.test(error.message), support.can === "not yet", error.message);
        assert.equal(/AdoptedApiKey/.test(error.message), support.can !== "not yet", error.message);
        return true;
      });
    }
  });

  it("believes the descriptor more than the code: what is being written is refused until it says yes", async () => {
    const find: KeyAdapter["find"] = async () => assert.fail("it was asked");
    const adapter = complete(LISTING, { ...written, find, issue: async () => assert.fail("it was asked") });
    assert.equal(adapter.find, undefined);
    await assert.rejects(adapter.issue("one", spec), (error) => isKind(error, "NotSupported"));
  });

  it("does not open without a call that the descriptor promises", () => {
    assert.throws(() => complete(LISTING, {}), /lacks list, which its descriptor answers with "yes"/);
    const finding = withAnswers({ ...LISTING.operations, find: { can: "yes", ...AT } });
    assert.throws(() => complete(finding, written), /lacks find/);
  });
});
