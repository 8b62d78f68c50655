import assert from "node:assert/strict";
import { isKind, KeyError } from "../../providers/src/core/errors";
import { Secret } from "../../providers/src/core/secret";
import type { WireRequest } from "../../providers/src/exchanges/adapter";
import { openAdapter } from "../../providers/src/exchanges/kucoin/adapter";

const ROW = { apiKey: "k1", remark: "label", permission: "General", createdAt: 1732160298000 };
const PASSPHRASE = new Secret("passphraseNotReal");
const error = (kind: KeyError["kind"]): KeyError => new KeyError({ kind, message: "refused" });
const rows = (...data: readonly unknown[]): unknown => ({ data });

/** Answers by method; an error is thrown. */
function open(answers: Readonly<Record<string, unknown>>) {
  const calls: WireRequest[] = [];
  const adapter = openAdapter({
    call: async (request) => {
      calls.push(request);
      const answer = answers[request.method];
      if (answer === undefined) return assert.fail(`unexpected ${request.method}`);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { adapter, calls };
}

describe("kucoin adapter", () => {
  it("takes a revoked key that is not listed any more for revoked", async () => {
    for (const kind of ["AuthFailed", "BadResponse", "InvalidInput", "NotFound", "PermissionDenied"] as const) {
      const { adapter } = open({ DELETE: error(kind), GET: rows({ ...ROW, apiKey: "other" }) });
      await adapter.revoke("testapi6", "k1", PASSPHRASE);
    }
  });

  it("reports the refusal when the key is still listed, or nobody can tell", async () => {
    for (const list of [rows(ROW), error("InvalidInput"), error("Unavailable")]) {
      const { adapter } = open({ DELETE: error("InvalidInput"), GET: list });
      await assert.rejects(adapter.revoke("testapi6", "k1", PASSPHRASE), (thrown) => isKind(thrown, "InvalidInput"));
    }
  });

  it("does not look for the key after a failure that says nothing about it", async () => {
    for (const kind of ["Unavailable", "RateLimited", "ClockSkew", "IpNotAllowed", "TlsRefused"] as const) {
      const { adapter, calls } = open({ DELETE: error(kind) });
      await assert.rejects(adapter.revoke("testapi6", "k1", PASSPHRASE), (thrown) => isKind(thrown, kind));
      assert.equal(calls.length, 1);
    }
  });

  it("without its passphrase a living key is left alone, a missing one is revoked, and a failed list is neither", async () => {
    const revoke = (list: unknown) => open({ GET: list }).adapter.revoke("testapi6", "k1");
    await assert.rejects(revoke(rows(ROW)), /kucoin revoke: CredentialsUnavailable: the key's own passphrase .*web page/);
    await revoke(rows({ ...ROW, apiKey: "other" }));
    await assert.rejects(revoke(error("IpNotAllowed")), (thrown) => isKind(thrown, "IpNotAllowed"));
  });

  it("sends no change and no issue without a passphrase or with scopes that it cannot give exactly", async () => {
    const { adapter, calls } = open({});
    const spec = { label: "l", ipWhitelist: ["203.0.113.7"] };
    await assert.rejects(adapter.issue("testapi6", { ...spec, scopes: ["read"] }), /a passphrase is needed/);
    await assert.rejects(adapter.set("testapi6", "k1", { ...spec, scopes: ["read"] }), (thrown) =>
      isKind(thrown, "CredentialsUnavailable"),
    );
    for (const scopes of [["spot"], ["read", "options"], ["read", "withdraw"]] as const) {
      const wanted = { ...spec, scopes, passphrase: PASSPHRASE };
      await assert.rejects(adapter.issue("testapi6", wanted), (thrown) => isKind(thrown, "InvalidInput"));
      await assert.rejects(adapter.set("testapi6", "k1", wanted), (thrown) => isKind(thrown, "InvalidInput"));
    }
    assert.equal(calls.length, 0);
  });

  it("gives back the passphrase that it sent, not what the answer makes of it", async () => {
    const { adapter } = open({ POST: { data: { apiKey: "k1", apiSecret: "s", passphrase: "***" } } });
    const issued = await adapter.issue("testapi6", { label: "l", scopes: ["read"], ipWhitelist: [], passphrase: PASSPHRASE });
    assert.equal(issued.passphrase?.reveal(), PASSPHRASE.reveal());
  });

  it("says nothing of when keys end, because no list does", async () => {
    const { adapter } = open({ GET: rows({ ...ROW, remark: "xkabcdefghij0001mm" }, { ...ROW, ipWhitelist: undefined }) });
    const [ours, other] = await adapter.list("testapi6");
    assert.deepEqual([ours?.expiresAt, other?.expiresAt, other?.ipWhitelist], [undefined, undefined, []]);
  });

  it("names the field of an answer it does not know, and not its value", async () => {
    const wrong: readonly (readonly [string, unknown])[] = [
      ["data.0.createdAt", rows({ ...ROW, createdAt: "not-real" })],
      ["data.0.permission", rows({ ...ROW, permission: ["not-real"] })],
      ["data.0.ipWhitelist", rows({ ...ROW, ipWhitelist: ["not-real"] })],
      ["data.0.ipWhitelist", rows({ ...ROW, ipWhitelist: null })],
      ["data.0.ipWhitelist.1", rows({ ...ROW, ipWhitelist: "203.0.113.7,not-real" })],
      ["data", {}],
    ];
    for (const [field, answer] of wrong) {
      await assert.rejects(open({ GET: answer }).adapter.list("testapi6"), (thrown) => {
        assert.ok(isKind(thrown, "BadResponse"));
        assert.ok(thrown.message.includes("kucoin list: BadResponse: ") && thrown.message.includes(field), thrown.message);
        assert.doesNotMatch(thrown.message, /not-real/);
        return true;
      });
    }
  });
});
