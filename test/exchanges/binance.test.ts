import assert from "node:assert/strict";
import { isKind, KeyError } from "../../providers/src/core/errors";
import type { WireRequest } from "../../providers/src/exchanges/adapter";
import { openAdapter } from "../../providers/src/exchanges/binance/adapter";
import { listInFull } from "./list-in-full";

const KEYS = "sub-account/subAccountApi";
const IPS = `${KEYS}/ipRestriction`;
const EMAIL = "mm@example.com";
const NO_FLAGS = {
  canTrade: false,
  canMarginLoanRepay: false,
  canFuturesTrade: false,
  canUniversalTransfer: false,
  canVanillaOptions: false,
};
const row = (apikey: string, flags: object = {}): object => ({ email: EMAIL, apiName: "label", apikey, ...NO_FLAGS, ...flags });
const rows = (...found: readonly object[]): object => ({ total: found.length, rows: found });
const bound = (...ipList: readonly string[]): object => ({ ipRestrict: "true", ipList });
const error = (kind: KeyError["kind"]): KeyError => new KeyError({ kind, message: "refused" });
const spec = { label: "label", scopes: ["read"], ipWhitelist: ["203.0.113.7"] } as const;

/** Answers by method and path, one after the other; an error is thrown. */
function open(answers: Readonly<Record<string, readonly unknown[]>>) {
  const calls: WireRequest[] = [];
  const nameOf = ({ method, path }: WireRequest): string => `${method} ${path}`;
  const adapter = openAdapter({
    call: async (request) => {
      const earlier = calls.filter((call) => nameOf(call) === nameOf(request)).length;
      calls.push(request);
      const answer = answers[nameOf(request)]?.[earlier];
      if (answer === undefined) return assert.fail(`unexpected ${nameOf(request)}`);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { adapter, calls, made: () => calls.map(nameOf) };
}

const fails = (act: Promise<unknown> | undefined, kind: KeyError["kind"]): Promise<void> =>
  assert.rejects(
    async () => act,
    (thrown) => isKind(thrown, kind),
  );

describe("binance adapter", () => {
  it("lists every page, each key once, with its addresses", async () => {
    const page = (...found: readonly object[]): object => ({ total: 3, rows: found });
    const { adapter, calls } = open({
      [`GET ${KEYS}`]: [page(row("k1"), row("k2")), page(row("k2"), row("k3"))],
      [`GET ${IPS}`]: [bound("203.0.113.1"), bound("203.0.113.2"), { ipRestrict: "false", ipList: null }],
    });
    assert.deepEqual(
      (await listInFull(adapter, EMAIL)).map((key) => [key.apiKey, ...key.ipWhitelist]),
      [["k1", "203.0.113.1"], ["k2", "203.0.113.2"], ["k3"]],
    );
    assert.deepEqual(
      calls.map((call) => call.params.page ?? call.params.subAccountApiKey),
      ["1", "2", "k1", "k2", "k3"],
    );
  });

  it("asks for no addresses while it lists", async () => {
    const { adapter, made } = open({ [`GET ${KEYS}`]: [rows(row("k1"), row("k2"))] });
    const keys = await adapter.list(EMAIL);
    assert.deepEqual(
      keys.map((key) => [key.apiKey, Object.hasOwn(key, "ipWhitelist")]),
      [
        ["k1", false],
        ["k2", false],
      ],
    );
    assert.deepEqual(made(), [`GET ${KEYS}`]);
  });

  it("does not take pages that end too soon for a complete listing", async () => {
    const { adapter } = open({
      [`GET ${KEYS}`]: [
        { total: 2, rows: [row("k1")] },
        { total: 2, rows: [] },
      ],
    });
    await fails(adapter.list(EMAIL), "BadResponse");
  });

  it("leaves out a key that was deleted while its addresses were asked for, and no other", async () => {
    const gone = open({
      [`GET ${KEYS}`]: [rows(row("k1"), row("k2")), rows()],
      [`GET ${IPS}`]: [error("InvalidInput"), bound("203.0.113.2")],
    });
    assert.deepEqual(
      (await listInFull(gone.adapter, EMAIL)).map((key) => key.apiKey),
      ["k2"],
    );
    const there = open({ [`GET ${KEYS}`]: [rows(row("k1")), rows(row("k1"))], [`GET ${IPS}`]: [error("AuthFailed")] });
    await fails(listInFull(there.adapter, EMAIL), "AuthFailed");
    const busy = open({ [`GET ${KEYS}`]: [rows(row("k1"))], [`GET ${IPS}`]: [error("RateLimited")] });
    await fails(listInFull(busy.adapter, EMAIL), "RateLimited");
  });

  it("does not take another key for the one asked for", async () => {
    await fails(open({ [`GET ${KEYS}`]: [rows(row("k2"))] }).adapter.find?.(EMAIL, "k1"), "BadResponse");
  });

  it("takes a revoked key for revoked only when the exchange shows that it is gone", async () => {
    const revoke = (answer: unknown, ...found: readonly unknown[]) =>
      open({ [`DELETE ${KEYS}`]: [answer], [`GET ${KEYS}`]: found }).adapter.revoke(EMAIL, "k1");
    await revoke({});
    for (const kind of ["AuthFailed", "BadResponse", "InvalidInput", "NotFound", "PermissionDenied"] as const) {
      await revoke(error(kind), rows());
      await fails(revoke(error(kind), rows(row("k1"))), kind);
      await fails(revoke(error(kind), error("AuthFailed")), kind);
    }
    await fails(revoke({ success: false, msg: "no" }, rows(row("k1"))), "BadResponse");
    await fails(revoke(error("Unavailable")), "Unavailable");
  });

  it("encodes every value, which the client does not do for these paths", async () => {
    const { adapter, calls } = open({ [`POST ${KEYS}`]: [{ apiKey: "k1", secretKey: "not-real" }] });
    await adapter.issue("desk+mm@example.com", { ...spec, ipWhitelist: ["203.0.113.7", "203.0.113.8"] });
    const { email, ipAddress, canTrade, status } = calls[0]?.params ?? {};
    assert.deepEqual([email, ipAddress], ["desk%2Bmm%40example.com", "203.0.113.7%2C203.0.113.8"]);
    assert.deepEqual([canTrade, status], ["false", "2"]);
    assert.equal(calls[0]?.safe, false);
  });

  it("says what has to be enabled before it issues or widens a key", async () => {
    const status = (isMarginEnabled: boolean, isFutureEnabled: boolean) => [[{ isMarginEnabled, isFutureEnabled }]];
    const wanted = { ...spec, scopes: ["read", "futures", "borrow"] as const };
    const without = open({ "GET sub-account/status": status(false, false) });
    await assert.rejects(without.adapter.issue(EMAIL, wanted), /NotSupported: futures and margin must be enabled/);
    assert.deepEqual(without.made(), ["GET sub-account/status"]);
    const half = open({ "GET sub-account/status": status(true, false), [`GET ${KEYS}`]: [rows(row("k1"))] });
    await assert.rejects(half.adapter.set(EMAIL, "k1", wanted), /NotSupported: futures must be enabled/);
    assert.ok(half.calls.every((call) => call.method === "GET"));
    const unknown = open({ "GET sub-account/status": [[]] });
    await fails(unknown.adapter.issue(EMAIL, wanted), "BadResponse");
  });

  it("does not ask what is enabled for rights that the key has", async () => {
    const { adapter, made } = open({
      [`GET ${KEYS}`]: [rows(row("k1", { canFuturesTrade: true }))],
      [`GET ${IPS}`]: [bound("203.0.113.7")],
    });
    await adapter.set(EMAIL, "k1", { ...spec, scopes: ["read", "futures"] });
    assert.deepEqual(made(), [`GET ${KEYS}`, `GET ${IPS}`]);
  });

  it("narrows before it changes addresses and widens after", async () => {
    const { adapter, made, calls } = open({
      [`GET ${KEYS}`]: [rows(row("k1", { canTrade: true, canVanillaOptions: true }))],
      [`POST ${KEYS}Permission`]: [row("k1"), row("k1")],
      [`GET ${IPS}`]: [bound("203.0.113.1")],
      [`POST ${IPS}`]: [{ status: "2", ipList: ["203.0.113.1", "203.0.113.7"] }],
      [`DELETE ${IPS}/ipList`]: [bound("203.0.113.7")],
    });
    await adapter.set(EMAIL, "k1", { ...spec, scopes: ["read", "options", "transfer"] });
    const permission = `POST ${KEYS}Permission`;
    assert.deepEqual(made(), [`GET ${KEYS}`, permission, `GET ${IPS}`, `POST ${IPS}`, `DELETE ${IPS}/ipList`, permission]);
    const flags = calls
      .filter((call) => call.path.endsWith("Permission"))
      .map(({ params }) => [params.canTrade, params.canVanillaOptions, params.canUniversalTransfer]);
    assert.deepEqual(flags, [
      ["false", "true", "false"],
      ["false", "true", "true"],
    ]);
  });

  it("goes by what the exchange answers to an addition, also when that put the whole list in place", async () => {
    const { adapter, made } = open({
      [`GET ${KEYS}`]: [rows(row("k1"))],
      [`GET ${IPS}`]: [bound("203.0.113.1")],
      [`POST ${IPS}`]: [{ status: "2", ipList: ["203.0.113.7"] }],
    });
    await adapter.set(EMAIL, "k1", spec);
    assert.deepEqual(made(), [`GET ${KEYS}`, `GET ${IPS}`, `POST ${IPS}`]);
  });

  it("deletes from an open key's old list what would bind it again", async () => {
    const { adapter, calls } = open({
      [`GET ${KEYS}`]: [rows(row("k1"))],
      [`GET ${IPS}`]: [{ ipRestrict: "false", ipList: ["203.0.113.1", "203.0.113.7"] }],
      [`POST ${IPS}`]: [{ status: "2", ipList: ["203.0.113.1", "203.0.113.7"] }],
      [`DELETE ${IPS}/ipList`]: [bound("203.0.113.7")],
    });
    await adapter.set(EMAIL, "k1", spec);
    assert.equal(calls.at(-1)?.params.ipAddress, "203.0.113.1");
  });

  const many = (start: number, count: number): string[] =>
    Array.from({ length: count }, (_, index) => `203.0.113.${start + index}`);

  it("makes room first where old and new addresses together are too many, and never takes the last", async () => {
    const [old, wanted] = [many(1, 20), [...many(20, 1), ...many(100, 19)]];
    const { adapter, made, calls } = open({
      [`GET ${KEYS}`]: [rows(row("k1"))],
      [`GET ${IPS}`]: [bound(...old)],
      [`DELETE ${IPS}/ipList`]: [bound(...old.slice(9)), bound(...wanted)],
      [`POST ${IPS}`]: [{ status: "2", ipList: [...old.slice(9), ...wanted.slice(1)] }],
    });
    await adapter.set(EMAIL, "k1", { ...spec, ipWhitelist: wanted });
    assert.deepEqual(made().slice(2), [`DELETE ${IPS}/ipList`, `POST ${IPS}`, `DELETE ${IPS}/ipList`]);
    const deleted = calls.filter((call) => call.method === "DELETE").map((call) => String(call.params.ipAddress).split("%2C"));
    assert.deepEqual(deleted, [old.slice(0, 9), old.slice(9, 19)]);
  });

  it("refuses where the last address would have to go first", async () => {
    const { adapter, made } = open({ [`GET ${KEYS}`]: [rows(row("k1"))], [`GET ${IPS}`]: [bound(...many(1, 30))] });
    await fails(adapter.set(EMAIL, "k1", { ...spec, ipWhitelist: many(100, 30) }), "LimitReached");
    assert.equal(made().length, 2);
  });

  it("takes a refused deletion of addresses for done when they are gone", async () => {
    const answers = (left: object) => ({
      [`GET ${KEYS}`]: [rows(row("k1"))],
      [`GET ${IPS}`]: [bound("203.0.113.1", "203.0.113.7"), left],
      [`DELETE ${IPS}/ipList`]: [error("InvalidInput")],
    });
    await open(answers(bound("203.0.113.7"))).adapter.set(EMAIL, "k1", spec);
    await fails(open(answers(bound("203.0.113.1", "203.0.113.7"))).adapter.set(EMAIL, "k1", spec), "InvalidInput");
  });

  it("a missing key cannot be changed, and scopes that cannot be given exactly are not sent", async () => {
    await fails(open({ [`GET ${KEYS}`]: [rows()] }).adapter.set(EMAIL, "k1", spec), "NotFound");
    const { adapter, calls } = open({});
    await fails(adapter.issue(EMAIL, { ...spec, scopes: ["read", "spot"] }), "InvalidInput");
    await fails(adapter.set(EMAIL, "k1", { ...spec, scopes: ["read", "convert"] }), "InvalidInput");
    assert.equal(calls.length, 0);
  });

  it("names the field of an answer it does not know, and not its value", async () => {
    const wrong: readonly (readonly [string, object, object])[] = [
      ["rows.0.canTrade", rows(row("k1", { canTrade: "not-real" })), {}],
      ["total", { rows: [] }, {}],
      ["rows", { total: 0 }, {}],
      ["ipRestrict", rows(row("k1")), { ipRestrict: "not-real", ipList: [] }],
      ["ipList", rows(row("k1")), { ipRestrict: "true" }],
    ];
    for (const [field, listed, restriction] of wrong) {
      const { adapter } = open({ [`GET ${KEYS}`]: [listed, rows(row("k1"))], [`GET ${IPS}`]: [restriction] });
      await assert.rejects(listInFull(adapter, EMAIL), (thrown) => {
        assert.ok(isKind(thrown, "BadResponse"));
        assert.ok(thrown.message.includes(`field ${field} of the answer`), thrown.message);
        assert.doesNotMatch(thrown.message, /not-real/);
        return true;
      });
    }
  });
});
