import assert from "node:assert/strict";
import { inspect } from "node:util";
import { isKind, KeyError } from "../../providers/src/core/errors";
import type { WireRequest } from "../../providers/src/exchanges/adapter";
import { openAdapter } from "../../providers/src/exchanges/gate/adapter";

const UID = "10003";
const KEY = "eb8815bf99d7bb5f8ad6497bdc4774a8";
const PARENT = "c5dcfbf1f3a70123456789abcdef0123";
const ROW = {
  key: KEY,
  name: "label",
  state: 1,
  perms: [{ name: "spot", read_only: false }],
  ip_whitelist: ["203.0.113.7"],
  created_at: 1663642892,
};
const MAIN = { ...ROW, key: "c5dcfbf1f3a7*****", currency_pairs: [] };
const SPEC = { label: "l", scopes: ["read"] as const, ipWhitelist: ["203.0.113.7"] };
const error = (kind: KeyError["kind"]): KeyError => new KeyError({ kind, message: "refused" });

/** Answers by operation; an error is thrown. */
function open(answers: Readonly<Record<string, unknown>>, parentKey = PARENT) {
  const calls: WireRequest[] = [];
  const adapter = openAdapter({
    parentKey,
    call: async (request) => {
      calls.push(request);
      const answer = answers[request.operation] ?? assert.fail(`unexpected ${request.operation}`);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { adapter, calls };
}

describe("gate adapter", () => {
  it("takes a revoked key that is not listed any more for revoked", async () => {
    for (const kind of ["AuthFailed", "BadResponse", "InvalidInput", "NotFound", "PermissionDenied"] as const) {
      await open({ revoke: error(kind), list: [{ ...ROW, key: "other" }] }).adapter.revoke(UID, KEY);
    }
  });

  it("reports the refusal when the key is still listed, or when the parent cannot list", async () => {
    for (const list of [[ROW], error("AuthFailed")]) {
      const { adapter } = open({ revoke: error("PermissionDenied"), list });
      await assert.rejects(adapter.revoke(UID, KEY), (thrown) => isKind(thrown, "PermissionDenied"));
    }
  });

  it("does not look for the key after a failure that says nothing about it", async () => {
    for (const kind of ["Unavailable", "RateLimited", "ClockSkew", "IpNotAllowed", "AccountBlocked", "TlsRefused"] as const) {
      const { adapter, calls } = open({ revoke: error(kind) });
      await assert.rejects(adapter.revoke(UID, KEY), (thrown) => isKind(thrown, kind));
      assert.equal(calls.length, 1);
    }
  });

  it("lets no secret through a listing, not even one that should not be there", async () => {
    const { adapter } = open({ list: [{ ...ROW, secret: "not-real", perms: [{ ...ROW.perms[0], secret: "not-real" }] }] });
    assert.doesNotMatch(inspect(await adapter.list(UID), { depth: 9, showHidden: true }), /not-real/);
  });

  it("puts nothing into a path but ids", async () => {
    const { adapter, calls } = open({});
    const refused = async (act: Promise<unknown>): Promise<void> =>
      assert.rejects(act, (thrown) => isKind(thrown, "InvalidInput"));
    for (const uid of ["", "me", "1/../2", "1?x=1", "01", "1#"]) {
      await refused(adapter.list(uid));
      await refused(adapter.issue(uid, SPEC));
      await refused(adapter.set(uid, KEY, SPEC));
      await refused(adapter.revoke(uid, KEY));
    }
    for (const key of ["", "../keys", "a b", "a?b", "a%2f", "k".repeat(65)]) {
      await refused(adapter.set(UID, key, SPEC));
      await refused(adapter.revoke(UID, key));
    }
    assert.equal(calls.length, 0);
  });

  it("sends no scopes that it cannot give exactly", async () => {
    const { adapter, calls } = open({});
    for (const scopes of [["spot"], ["read", "spot"], ["read", "convert"], ["read", "withdraw"]] as const) {
      await assert.rejects(adapter.issue(UID, { ...SPEC, scopes }), (thrown) => isKind(thrown, "InvalidInput"));
      await assert.rejects(adapter.set(UID, KEY, { ...SPEC, scopes }), (thrown) => isKind(thrown, "InvalidInput"));
    }
    assert.equal(calls.length, 0);
  });

  it("finds the parent among the keys of the main account, or says that it cannot", async () => {
    const facts = async (answer: unknown, parentKey?: string) =>
      open({ inspectParent: answer }, parentKey).adapter.inspectParent();
    const other = { ...MAIN, key: "52fd0035f665*****", ip_whitelist: [] };
    assert.deepEqual((await facts([other, MAIN])).ipWhitelist, ROW.ip_whitelist);
    assert.deepEqual((await facts(MAIN)).ipWhitelist, ROW.ip_whitelist);
    assert.deepEqual((await facts({ ...MAIN, key: { mode: 1 } })).ipWhitelist, ROW.ip_whitelist);
    const unclear = [
      [],
      [other],
      [MAIN, MAIN],
      [{ ...MAIN, key: "*****" }],
      [MAIN, other].map((row) => ({ ...row, key: { mode: 1 } })),
    ];
    for (const answer of unclear) {
      await assert.rejects(facts(answer), (thrown) => isKind(thrown, "BadResponse") && /single out/.test(thrown.message));
    }
    await assert.rejects(facts([MAIN], "52fd0035f6650123"), (thrown) => isKind(thrown, "BadResponse"));
  });

  it("names the field of an answer it does not know, and not its value", async () => {
    const wrong: readonly (readonly [string, unknown])[] = [
      ["0.state", [{ ...ROW, state: "not-real" }]],
      ["0.perms.0.read_only", [{ ...ROW, perms: [{ name: "spot", read_only: "not-real" }] }]],
      ["0.ip_whitelist", [{ ...ROW, ip_whitelist: "not-real" }]],
      ["0.ip_whitelist", [{ ...ROW, ip_whitelist: null }]],
      ["0.ip_whitelist.0", [{ ...ROW, ip_whitelist: ["not-real"] }]],
      ["0.created_at", [{ ...ROW, created_at: "not-real" }]],
      ["the body", { keys: "not-real" }],
    ];
    for (const [field, answer] of wrong) {
      await assert.rejects(open({ list: answer }).adapter.list(UID), (thrown) => {
        assert.ok(isKind(thrown, "BadResponse"));
        assert.ok(thrown.message.includes("gate list: BadResponse: ") && thrown.message.includes(field), thrown.message);
        assert.doesNotMatch(thrown.message, /not-real/);
        return true;
      });
    }
  });

  it("asks a key of a sub-account about itself, and passes every other refusal on", async () => {
    const answers: unknown[] = [error("PermissionDenied"), { user_id: "2000001", ip_whitelist: [], currency_pairs: [] }];
    const told = (list: unknown[]) =>
      openAdapter({
        parentKey: PARENT,
        call: async () => {
          const answer = list.shift() ?? assert.fail("one call too many");
          if (answer instanceof Error) throw answer;
          return answer;
        },
      }).inspectParent();
    assert.deepEqual(await told(answers), {
      isMaster: false,
      subAccount: "2000001",
      scopes: [],
      hides: ["scopes"],
      ipWhitelist: [],
    });
    for (const kind of ["AuthFailed", "IpNotAllowed"] as const) {
      await assert.rejects(told([error(kind)]), (thrown) => isKind(thrown, kind));
    }
    await assert.rejects(told([error("PermissionDenied"), error("PermissionDenied")]), (thrown) =>
      isKind(thrown, "PermissionDenied"),
    );
  });
});
