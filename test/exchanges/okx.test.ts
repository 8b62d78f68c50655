import assert from "node:assert/strict";
import { isKind, KeyError } from "../../providers/src/core/errors";
import { openAdapter } from "../../providers/src/exchanges/okx/adapter";

const ROW = { apiKey: "k1", label: "label", perm: "read_only", ip: "", ts: "1597026383085" };
const error = (kind: KeyError["kind"]): KeyError => new KeyError({ kind, message: "refused" });

/** Every call gets the same answer; an error is thrown. */
function open(answer: unknown) {
  let calls = 0;
  const adapter = openAdapter({
    call: async () => {
      calls += 1;
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { adapter, calls: () => calls };
}

describe("okx adapter", () => {
  it("revoking a missing key succeeds, and only that", async () => {
    await open(error("NotFound")).adapter.revoke("mmBot01", "k1");
    for (const kind of ["AuthFailed", "PermissionDenied", "IpNotAllowed", "BadResponse", "Unavailable"] as const) {
      await assert.rejects(open(error(kind)).adapter.revoke("mmBot01", "k1"), (thrown) => isKind(thrown, kind));
    }
  });

  it("finds nothing where the exchange says so, and only there", async () => {
    assert.equal(await open({ data: [] }).adapter.find?.("mmBot01", "k1"), undefined);
    assert.equal(await open(error("NotFound")).adapter.find?.("mmBot01", "k1"), undefined);
    for (const kind of ["AuthFailed", "PermissionDenied", "IpNotAllowed", "BadResponse", "Unavailable"] as const) {
      await assert.rejects(
        async () => open(error(kind)).adapter.find?.("mmBot01", "k1"),
        (thrown) => isKind(thrown, kind),
      );
    }
  });

  it("does not take another key for the one asked for", async () => {
    await assert.rejects(
      async () => open({ data: [{ ...ROW, apiKey: "k2" }] }).adapter.find?.("mmBot01", "k1"),
      (thrown) => isKind(thrown, "BadResponse"),
    );
  });

  it("a missing key cannot be changed", async () => {
    const spec = { label: "l", scopes: ["read"] as const, ipWhitelist: [] };
    await assert.rejects(open(error("NotFound")).adapter.set("mmBot01", "k1", spec), (thrown) => isKind(thrown, "NotFound"));
  });

  it("sends no issue without a passphrase and no scopes that it cannot give exactly", async () => {
    const { adapter, calls } = open({});
    const spec = { label: "l", ipWhitelist: ["203.0.113.7"] };
    await assert.rejects(adapter.issue("mmBot01", { ...spec, scopes: ["read"] }), /a passphrase is needed/);
    await assert.rejects(adapter.set("mmBot01", "k1", { ...spec, scopes: ["read", "spot"] }), (thrown) =>
      isKind(thrown, "InvalidInput"),
    );
    assert.equal(calls(), 0);
  });

  it("names the field of an answer it does not know, and not its value", async () => {
    const wrong: readonly (readonly [string, unknown])[] = [
      ["data.0.ts", { data: [{ ...ROW, ts: "not-real" }] }],
      ["data.0.perm", { data: [{ ...ROW, perm: ["not-real"] }] }],
      ["data", {}],
    ];
    for (const [field, answer] of wrong) {
      await assert.rejects(open(answer).adapter.list("mmBot01"), (thrown) => {
        assert.ok(isKind(thrown, "BadResponse"));
        assert.ok(thrown.message.includes("okx list: BadResponse: ") && thrown.message.includes(field), thrown.message);
        assert.doesNotMatch(thrown.message, /not-real/);
        return true;
      });
    }
  });
});
