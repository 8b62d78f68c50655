import assert from "node:assert/strict";
import { isKind, KeyError } from "../../providers/src/core/errors";
import type { WireRequest } from "../../providers/src/exchanges/adapter";
import { openAdapter } from "../../providers/src/exchanges/bybit/adapter";

const ROW = {
  apiKey: "k1",
  note: "label",
  ips: ["203.0.113.7"],
  status: 1,
  createdAt: "2026-10-21T03:13:37Z",
  expiredAt: "1970-01-01T00:00:00Z",
  permissions: { Spot: ["SpotTrade"] },
  readOnly: false,
};
const page = (rows: readonly unknown[], nextPageCursor = ""): unknown => ({ result: { result: rows, nextPageCursor } });
const error = (kind: KeyError["kind"]): KeyError => new KeyError({ kind, message: "refused" });

/** Answers by path; an error is thrown, a list is answered one by one. */
function open(answers: Readonly<Record<string, readonly unknown[]>>) {
  const calls: WireRequest[] = [];
  const adapter = openAdapter({
    call: async (request) => {
      const earlier = calls.filter((call) => call.path === request.path).length;
      calls.push(request);
      const answer = answers[request.path]?.[earlier];
      if (answer === undefined) return assert.fail(`unexpected ${request.path}`);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { adapter, calls };
}
const LIST = "v5/user/sub-apikeys";
const DELETE = "v5/user/delete-sub-api";

describe("bybit adapter", () => {
  it("lists every page", async () => {
    const pages = [page([ROW], "next%2C1"), page([{ ...ROW, apiKey: "k2" }], "next%2C2"), page([{ ...ROW, apiKey: "k3" }])];
    const { adapter, calls } = open({ [LIST]: pages });
    assert.deepEqual(
      (await adapter.list("7")).map((key) => key.apiKey),
      ["k1", "k2", "k3"],
    );
    assert.deepEqual(
      calls.map((call) => call.params.cursor),
      [undefined, "next%2C1", "next%2C2"],
    );
  });

  it("does not follow pages in a circle", async () => {
    const { adapter } = open({ [LIST]: [page([ROW], "a"), page([ROW], "b"), page([ROW], "a")] });
    await assert.rejects(adapter.list("7"), (thrown) => isKind(thrown, "BadResponse"));
  });

  it("takes a revoked key that is not listed any more for revoked", async () => {
    for (const kind of ["AuthFailed", "BadResponse", "InvalidInput", "KeyExpired", "NotFound", "PermissionDenied"] as const) {
      const { adapter } = open({ [DELETE]: [error(kind)], [LIST]: [page([{ ...ROW, apiKey: "other" }])] });
      await adapter.revoke("7", "k1");
    }
  });

  it("reports the refusal when the key is still listed", async () => {
    const { adapter } = open({ [DELETE]: [error("PermissionDenied")], [LIST]: [page([ROW])] });
    await assert.rejects(adapter.revoke("7", "k1"), (thrown) => isKind(thrown, "PermissionDenied"));
  });

  it("never takes a refusal of the parent for a missing key", async () => {
    const { adapter } = open({ [DELETE]: [error("AuthFailed")], [LIST]: [error("AuthFailed")] });
    await assert.rejects(adapter.revoke("7", "k1"), (thrown) => isKind(thrown, "AuthFailed"));
  });

  it("does not look for the key after a failure that says nothing about it", async () => {
    for (const kind of ["Unavailable", "RateLimited", "ClockSkew", "IpNotAllowed", "TlsRefused"] as const) {
      const { adapter, calls } = open({ [DELETE]: [error(kind)] });
      await assert.rejects(adapter.revoke("7", "k1"), (thrown) => isKind(thrown, kind));
      assert.equal(calls.length, 1);
    }
  });

  it("names the field of an answer it does not know, and not its value", async () => {
    const wrong: readonly (readonly [string, unknown])[] = [
      ["result.result.0.readOnly", page([{ ...ROW, readOnly: "not-real" }])],
      ["result.result.0.ips", page([{ ...ROW, ips: "not-real" }])],
      ["result.result.0.status", page([{ ...ROW, status: 9 }])],
      ["result.result.0.createdAt", page([{ ...ROW, createdAt: "not-real" }])],
      ["result.nextPageCursor", { result: { result: [] } }],
      ["the body", "not-real"],
    ];
    for (const [field, answer] of wrong) {
      const { adapter } = open({ [LIST]: [answer] });
      await assert.rejects(adapter.list("7"), (thrown) => {
        assert.ok(isKind(thrown, "BadResponse"));
        assert.ok(thrown.message.includes(`bybit list: BadResponse: `) && thrown.message.includes(field), thrown.message);
        assert.doesNotMatch(thrown.message, /not-real/);
        return true;
      });
    }
  });

  it("sends no scopes that it cannot give exactly", async () => {
    const { adapter, calls } = open({});
    const spec = { label: "l", ipWhitelist: ["203.0.113.7"] };
    await assert.rejects(adapter.issue("7", { ...spec, scopes: ["read", "margin"] }), (thrown) => isKind(thrown, "InvalidInput"));
    await assert.rejects(adapter.set("7", "k1", { ...spec, scopes: ["spot"] }), (thrown) => isKind(thrown, "InvalidInput"));
    assert.equal(calls.length, 0);
  });
});
