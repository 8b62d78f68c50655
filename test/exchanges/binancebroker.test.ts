import assert from "node:assert/strict";
import { isKind, KeyError } from "../../providers/src/core/errors";
import type { WireRequest } from "../../providers/src/exchanges/adapter";
import { openAdapter } from "../../providers/src/exchanges/binancebroker/adapter";

const KEYS = "broker/subAccountApi";
const IPS = `${KEYS}/ipRestriction`;
const [MAKE, REVOKE, LIST] = [`POST ${KEYS}`, `DELETE ${KEYS}`, `GET ${KEYS}`];
const [BIND, PERMIT, TRANSFER] = [`POST ${IPS}`, `POST ${KEYS}/permission`, `POST ${KEYS}/permission/universalTransfer`];
const ID = "485396905001";
const NO_FLAGS = { canTrade: false, marginTrade: false, futuresTrade: false };
const row = (apikey: string, flags: object = {}): object => ({ subaccountId: ID, apikey, ...NO_FLAGS, ...flags });
const made = { ...row("k1"), apiKey: "k1", secretKey: "not-real" };
const bound = { status: "2", ipList: ["203.0.113.7"] };
const trading = row("k1", { canTrade: true });
const moving = (canUniversalTransfer: boolean): object => ({ subaccountId: ID, apikey: "k1", canUniversalTransfer });
const error = (kind: KeyError["kind"]): KeyError => new KeyError({ kind, message: "refused" });
const spec = { label: "", scopes: ["read", "spot", "margin"], ipWhitelist: ["203.0.113.7"] } as const;

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
  return { adapter, calls, sent: () => calls.map(nameOf) };
}

const fails = (act: Promise<unknown> | undefined, kind: KeyError["kind"], message = /./): Promise<void> =>
  assert.rejects(
    async () => act,
    (thrown) => isKind(thrown, kind) && message.test(thrown.message),
  );

describe("binancebroker adapter", () => {
  it("lists beyond a full page to one that is not full, each key once", async () => {
    const page = (from: number, count: number) => Array.from({ length: count }, (_, index) => row(`k${from + index}`));
    const { adapter, calls } = open({ [LIST]: [page(1, 500), page(500, 500), page(1000, 0)] });
    assert.equal((await adapter.list(ID)).length, 999);
    const pages = calls.map(({ params }) => [params.page, params.size]);
    assert.deepEqual(pages, [
      ["1", "500"],
      ["2", "500"],
      ["3", "500"],
    ]);
    await fails(open({ [LIST]: [page(1, 500), page(1, 500)] }).adapter.list(ID), "BadResponse", /pages repeat themselves/);
  });

  it("takes an id with asterisks for no id, in a listing and in every other answer", async () => {
    const masked = "Ab******Yz";
    await fails(open({ [LIST]: [[row("k1"), row(masked)]] }).adapter.list(ID), "BadResponse", /1\.apikey/);
    await fails(open({ [LIST]: [[row(masked)]] }).adapter.find?.(ID, "k1"), "BadResponse");
    const { adapter, sent } = open({ [MAKE]: [{ ...made, apiKey: masked }] });
    await fails(adapter.issue(ID, spec), "BadResponse", /apiKey/);
    assert.deepEqual(sent(), [MAKE], "nothing is done to a key that cannot be named");
  });

  it("does not take a key of another sub-account, or another key, for what was asked for", async () => {
    const foreign = { ...row("k1"), subaccountId: "2" };
    await fails(open({ [LIST]: [[foreign]] }).adapter.list(ID), "BadResponse");
    await fails(open({ [LIST]: [[foreign]] }).adapter.find?.(ID, "k1"), "BadResponse");
    await fails(open({ [LIST]: [[row("k2")]] }).adapter.find?.(ID, "k1"), "BadResponse");
  });

  it("makes a key that only reads, binds it, and widens it then", async () => {
    const { adapter, calls, sent } = open({ [MAKE]: [made], [BIND]: [bound], [PERMIT]: [trading], [TRANSFER]: [moving(false)] });
    assert.equal((await adapter.issue(ID, spec)).apiKey, "k1");
    assert.deepEqual(sent(), [MAKE, BIND, PERMIT, TRANSFER]);
    const [first] = calls;
    assert.deepEqual(first?.params, {
      subAccountId: ID,
      canTrade: "false",
      marginTrade: "false",
      futuresTrade: "false",
    });
    assert.deepEqual(
      calls.map(({ safe }) => safe),
      [false, true, true, true],
    );
  });

  const steps: readonly (readonly [string, Readonly<Record<string, readonly unknown[]>>, KeyError["kind"]])[] = [
    ["is not bound", { [BIND]: [error("RateLimited")] }, "RateLimited"],
    ["is bound to other addresses", { [BIND]: [{ status: "2", ipList: ["203.0.113.9"] }] }, "VerificationFailed"],
    ["stays open", { [BIND]: [{ status: "1" }] }, "VerificationFailed"],
    ["is not widened", { [BIND]: [bound], [PERMIT]: [error("NotSupported")] }, "NotSupported"],
    ["gets more", { [BIND]: [bound], [PERMIT]: [row("k1", { canTrade: true, futuresTrade: true })] }, "VerificationFailed"],
    ["may transfer", { [BIND]: [bound], [PERMIT]: [trading], [TRANSFER]: [moving(true)] }, "VerificationFailed"],
  ];
  for (const [what, answers, kind] of steps) {
    it(`a new key that ${what} is revoked, and the first refusal stands`, async () => {
      const { adapter, calls, sent } = open({ [MAKE]: [made], ...answers, [REVOKE]: [{}] });
      await fails(adapter.issue(ID, spec), kind);
      assert.deepEqual(sent(), [MAKE, ...Object.keys(answers), REVOKE]);
      assert.deepEqual(calls.at(-1)?.params, { subAccountId: ID, subAccountApiKey: "k1" });
    });
  }

  it("one that can be neither completed nor revoked is an unknown outcome, unless the exchange shows that it is gone", async () => {
    const answers = { [MAKE]: [made], [BIND]: [error("InvalidInput")], [REVOKE]: [error("NotFound")] };
    await fails(open({ ...answers, [LIST]: [[row("k1")]] }).adapter.issue(ID, spec), "OutcomeUnknown", /neither completed nor/);
    await fails(open({ ...answers, [LIST]: [error("AuthFailed")] }).adapter.issue(ID, spec), "OutcomeUnknown");
    await fails(open({ ...answers, [LIST]: [[]] }).adapter.issue(ID, spec), "InvalidInput");
    const lost = open({ ...answers, [REVOKE]: [error("Unavailable")] });
    await fails(lost.adapter.issue(ID, spec), "OutcomeUnknown");
    assert.deepEqual(lost.sent(), [MAKE, BIND, REVOKE]);
  });

  it("narrows before it changes addresses and widens after, the right to transfer too", async () => {
    const { adapter, sent } = open({
      [LIST]: [[row("k1", { futuresTrade: true })]],
      [PERMIT]: [row("k1"), trading],
      [TRANSFER]: [moving(false)],
      [`GET ${IPS}`]: [{ ipRestrict: "true", ipList: ["203.0.113.1"] }],
      [BIND]: [{ status: "2", ipList: ["203.0.113.1", "203.0.113.7"] }],
      [`DELETE ${IPS}/ipList`]: [{ ipRestrict: "true", ipList: ["203.0.113.7"] }],
    });
    await adapter.set(ID, "k1", spec);
    assert.deepEqual(sent(), [LIST, TRANSFER, PERMIT, `GET ${IPS}`, BIND, `DELETE ${IPS}/ipList`, PERMIT]);
  });

  it("a secret that comes with a registered public key is handed on to be refused", async () => {
    const publicKey = { algorithm: "ed25519", pem: "-----BEGIN PUBLIC KEY-----", fingerprint: "f" } as const;
    const answers = { [BIND]: [bound], [PERMIT]: [trading], [TRANSFER]: [moving(false)] };
    const issue = (answer: object) => open({ ...answers, [MAKE]: [answer] }).adapter.issue(ID, { ...spec, publicKey });
    assert.notEqual((await issue(made)).secret, undefined);
    for (const secretKey of [null, "", undefined]) assert.deepEqual(await issue({ ...made, secretKey }), { apiKey: "k1" });
  });

  it("of a sub-account enabled otherwise than asked for says so", async () => {
    const { adapter } = open({ "POST broker/subAccount/margin": [{ subaccountId: ID, enableMargin: false }] });
    await fails(adapter.subAccounts?.enable?.({ id: ID, name: ID, frozen: false }, "margin"), "BadResponse");
  });
});
