import assert from "node:assert/strict";
import {
  type AdoptedOutputs,
  adoptedReasons,
  dueAt,
  standingOf,
  usableFrom,
  type Watch,
  watchOf,
} from "../../providers/src/core/adopted";
import {
  type DeclaredFacts,
  documentChange,
  factDrift,
  forgottenKeys,
  type SelfSight,
  serialAfter,
  showDrift,
  withAdopted,
} from "../../providers/src/core/adopted-document";
import { day, documentOf, version } from "./samples";

describe("an adopted key is due", () => {
  const made = { issuedAt: new Date(day(0).getTime() + 60_000).toISOString() };

  it("by age, from the next full hour", () => {
    assert.deepEqual(dueAt(made, "90d"), day(90, 1));
    assert.equal(standingOf(made, "90d", new Date(day(90, 1).getTime() - 1)), "ready");
    assert.equal(standingOf(made, "90d", day(90, 1)), "overdue");
  });

  it("a day before it expires, when that comes first", () => {
    const ending = { ...made, notAfter: day(30).toISOString() };
    assert.deepEqual(dueAt(ending, "90d"), day(29));
    assert.equal(standingOf(ending, "90d", day(29)), "overdue");
    assert.equal(standingOf(ending, "90d", day(30)), "expired");
  });

  it("and a preview shows when, and nothing else until then", () => {
    const document = documentOf([version(3, made)]);
    const known = { document, maxAge: "90d" };
    const first = watchOf(undefined, known, day(0, 5));
    assert.deepEqual(first, { dueAt: "2026-04-01T01:00Z", serial: 3 });
    for (let hour = 6; hour < 90 * 24; hour += 7) assert.deepEqual(watchOf(first, known, day(0, hour)), first);
    const late = watchOf(first, known, day(91));
    assert.match(late?.why ?? "", /^overdue since 2026-04-01T01:00Z: .*exchange-keys adopt/);
    assert.deepEqual(watchOf(late, known, day(120)), late);
    const next = documentOf([version(4, { issuedAt: day(91).toISOString() })]);
    assert.deepEqual(watchOf(late, { document: next, maxAge: "90d" }, day(91, 1)), { dueAt: "2026-07-01T00:00Z", serial: 4 });
  });

  it("as was known before, where the document cannot be read", () => {
    const before: Watch = { dueAt: "2026-04-01T01:00Z", serial: 3 };
    assert.equal(watchOf(undefined, { document: undefined, maxAge: "90d" }, day(0)), undefined);
    assert.deepEqual(watchOf(before, { document: undefined, maxAge: "90d" }, day(1)), before);
    assert.ok(watchOf(before, { document: undefined, maxAge: "90d" }, day(91))?.why !== undefined);
  });

  it("to be recorded when its standing has changed, or a read saw something", () => {
    const outputs = { maxAge: "90d", issuedAt: day(0).toISOString(), status: "ready" } as AdoptedOutputs;
    assert.deepEqual(adoptedReasons(outputs, day(89)), []);
    assert.deepEqual(adoptedReasons(outputs, day(90)), ["status"]);
    assert.deepEqual(adoptedReasons({ ...outputs, status: "overdue" }, day(90)), []);
    assert.deepEqual(adoptedReasons({ ...outputs, observed: { document: "is not published" } }, day(1)), ["drift"]);
  });

  it("not before the cooldown, to withdraw", () => {
    const key = { scopes: ["read", "withdraw"], issuedAt: day(0).toISOString() } as const;
    assert.equal(usableFrom(key, 72), day(3).toISOString());
    assert.equal(usableFrom({ ...key, withdrawEnabledAt: day(2).toISOString() }, 72), day(5).toISOString());
    assert.equal(usableFrom({ ...key, scopes: ["read"] }, 72), undefined);
    assert.equal(usableFrom(key, undefined), undefined);
  });
});

describe("the document of an adopted key", () => {
  const identity = { owner: "desk", bot: "b", exchange: "x", account: "a", subAccount: "master", name: "n" };
  const adoption = { identity, overlapUntil: day(1).toISOString(), holder: "adopted-h1" };
  const first = withAdopted(undefined, { ...adoption, version: version(1, { state: "pending" }) });

  it("begins with serial 1, by a holder of its own", () => {
    assert.equal(serialAfter(undefined), 1);
    assert.deepEqual(first, { format: "exchange-keys/1", identity, holder: "adopted-h1", lastSerial: 1, versions: [version(1)] });
  });

  it("keeps the superseded key for the overlap, and forgets the one before it", () => {
    assert.equal(serialAfter(first), 2);
    const second = withAdopted(first, { ...adoption, holder: "adopted-h2", version: version(2) });
    const previous = { ...version(1), state: "previous", retireAfter: day(1).toISOString() };
    assert.deepEqual([second.holder, second.lastSerial, second.versions], ["adopted-h1", 2, [previous, version(2)]]);
    assert.deepEqual(forgottenKeys(first, second), []);
    const third = withAdopted(second, { ...adoption, version: version(3) });
    assert.deepEqual(
      third.versions.map(({ serial, state }) => [serial, state]),
      [
        [2, "previous"],
        [3, "current"],
      ],
    );
    assert.deepEqual(forgottenKeys(second, third), ["pub1"]);
  });

  it("lets the same key adopted again supersede itself", () => {
    const again = withAdopted(first, { ...adoption, version: version(2, { apiKey: "pub1" }) });
    assert.deepEqual(again.versions, [version(2, { apiKey: "pub1" })]);
    assert.deepEqual(forgottenKeys(first, again), []);
  });

  it("is compared with what is recorded", () => {
    const recorded = { holder: "adopted-h1", serial: 1, digest: "d1" };
    const seen = (document: typeof first, digest: string): string | undefined => documentChange(recorded, { document, digest });
    assert.equal(seen(first, "d1"), undefined);
    assert.equal(documentChange(recorded, undefined), "is not published");
    assert.equal(seen({ ...first, holder: "adopted-h9" }, "d1"), "is another one than was recorded");
    assert.equal(seen(withAdopted(first, { ...adoption, version: version(2) }), "d2"), "serial 2 is current, recorded is 1");
    assert.equal(seen(first, "d2"), "was edited");
  });
});

describe("what a key says of itself", () => {
  const declared: DeclaredFacts = {
    subAccount: "master",
    scopes: ["read", "withdraw"],
    ipWhitelist: ["52.1.2.3"],
    issuedAt: day(0).toISOString(),
    expiresAt: day(90).toISOString(),
  };
  const sight: SelfSight = {
    isMaster: true,
    scopes: ["withdraw", "read"],
    ipWhitelist: ["52.1.2.3"],
    createdAt: day(0, 9).toISOString(),
    expiresAt: day(90, 9).toISOString(),
  };
  const drift = (changes: Partial<SelfSight>, hidden: readonly string[] = []): string =>
    showDrift(factDrift(declared, { ...sight, ...changes }, hidden));

  it("agrees, whatever the order and the hour", () => {
    assert.equal(drift({}), "");
    assert.equal(showDrift(factDrift({ ...declared, ipWhitelist: [] }, { ...sight, ipWhitelist: [] }, [])), "");
  });

  const cases: readonly (readonly [Partial<SelfSight>, string])[] = [
    [{ isMaster: false }, "subAccount is a key of a sub-account"],
    [{ subAccount: "portfolio-1" }, "subAccount is a key of portfolio-1"],
    [{ scopes: ["read", "transfer"] }, "scopes +transfer -withdraw"],
    [{ unknownFlags: ["currency_pair:BTC_USDT"] }, "otherPermissions +currency_pair:BTC_USDT"],
    [{ scopes: [], hides: ["scopes"] }, ""],
    [{ unknownFlags: ["BlockTrade:BlockTrade"] }, "otherPermissions +BlockTrade:BlockTrade"],
    [{ ipWhitelist: ["52.1.2.4"] }, "ipWhitelist +52.1.2.4 -52.1.2.3"],
    [{ ipWhitelist: [] }, "ipWhitelist none: every address is let in"],
    [{ ipWhitelist: [], ipBound: false }, "ipWhitelist none: every address is let in"],
    [{ createdAt: day(-30).toISOString() }, `issuedAt the exchange says ${day(-30).toISOString()}`],
    [{ expiresAt: day(30).toISOString() }, `expiresAt the exchange says ${day(30).toISOString()}`],
  ];
  for (const [changes, said] of cases) it(`or not: ${said}`, () => assert.equal(drift(changes), said));

  it("counts only as far as the exchange tells", () => {
    const { isMaster: _, createdAt: __, expiresAt: ___, ...told } = sight;
    assert.equal(showDrift(factDrift(declared, told, [])), "");
    assert.equal(drift({ isMaster: false, scopes: [], ipWhitelist: [] }, ["isMaster", "scopes", "ipWhitelist"]), "");
    assert.equal(showDrift(factDrift({ ...declared, subAccount: "p1" }, { ...told, subAccount: "p1" }, [])), "");
    assert.equal(drift({ ipWhitelist: [], ipBound: false }, ["ipWhitelist"]), "ipWhitelist none: every address is let in");
    assert.equal(drift({ ipWhitelist: [], ipBound: true }, ["ipWhitelist"]), "");
  });
});
