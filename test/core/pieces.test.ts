import assert from "node:assert/strict";
import fc from "fast-check";
import { addressProblem, canonicalAddress } from "../../providers/src/core/addresses";
import { driftIn, isGone, type PlaceSight } from "../../providers/src/core/drift";
import { makeLabel, ownerHash, readLabel } from "../../providers/src/core/label";
import { mergeDocuments, withVersions } from "../../providers/src/core/merge";
import { type ParentSight, parentProblems } from "../../providers/src/core/parent";
import { changeBetween, sameSet } from "../../providers/src/core/sets";
import type { AccountSettings } from "../../providers/src/core/settings";
import { day, documentOf, HASH, inputsAt, listed, recordOf, version } from "./samples";

describe("addresses", () => {
  const open = { environment: "production", ipv6: true, cidr: true } as const;
  const narrow = { environment: "production", ipv6: false, cidr: false } as const;
  const table: readonly [string, Parameters<typeof addressProblem>[1], RegExp | undefined][] = [
    ["52.1.2.3", narrow, undefined],
    ["52.1.2.0/24", open, undefined],
    ["2a05:d018::1", open, undefined],
    ["0.0.0.0/0", open, /every address/],
    ["::/0", open, /every address/],
    ["0.0.0.0", open, /every address/],
    ["10.0.0.1", open, /private/],
    ["192.168.1.1", open, /private/],
    ["127.0.0.1", open, /loopback/],
    ["127.0.0.1", { ...narrow, environment: "sandbox" }, undefined],
    ["127.0.0.1", { ...narrow, environment: "testnet" }, /loopback/],
    ["::1", { ...open, environment: "testnet" }, /loopback/],
    ["100.64.0.1", open, /carrierGradeNat/],
    ["169.254.0.1", open, /linkLocal/],
    ["fd00::1", open, /uniqueLocal/],
    ["52.1.2.3/24", open, /write 52.1.2.0\/24/],
    ["52.1.2.0/24", narrow, /network segment, which/],
    ["2a05:d018::1", narrow, /IPv6/],
    ["52.1.2", open, /is not an IP/],
    ["52.1.2.03", open, /is not an IP/],
    ["52.1.2.3/33", open, /is not an IP/],
    ["host.example", open, /is not an IP/],
    ["", open, /is not an IP/],
    [" 52.1.2.3", open, /is not an IP/],
  ];
  for (const [text, rules, expected] of table) {
    it(`${JSON.stringify(text)} ${expected === undefined ? "may" : "must not"} be in a whitelist (${rules.environment}${rules.cidr ? ", open" : ""})`, () => {
      const problem = addressProblem(text, rules);
      if (expected === undefined) assert.equal(problem, undefined);
      else assert.match(problem ?? "", expected);
    });
  }

  it("have one form each", () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const canonical = canonicalAddress(text);
        assert.ok(canonical !== undefined, text);
        assert.equal(canonicalAddress(canonical), canonical);
      }),
    );
    assert.equal(canonicalAddress("0:0:0:0:0:0:0:1"), "::1");
  });
});

describe("labels", () => {
  it("carry owner hash and serial whatever the name and the exchange's rules", () => {
    const rules = fc.record({ max: fc.integer({ min: 16, max: 64 }), characters: fc.constantFrom("[A-Za-z0-9]", "[\\w .-]") });
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 9999 }), rules, (text, serial, one) => {
        const label = makeLabel(HASH, serial, { text, rules: one });
        assert.ok(label.length <= one.max);
        assert.match(label, new RegExp(`^${one.characters}*$`));
        assert.deepEqual(readLabel(label), { hash: HASH, serial });
      }),
    );
  });

  it("differ by owner, exchange, sub-account and name", () => {
    const one = { owner: "a", exchange: "b", subAccount: "c", name: "d" };
    const others = [one, { ...one, owner: "x" }, { ...one, exchange: "x" }, { ...one, subAccount: "x" }, { ...one, name: "x" }];
    assert.equal(new Set(others.map(ownerHash)).size, others.length);
    assert.equal(readLabel("mm-bot"), undefined);
  });
});

describe("sets", () => {
  it("compare without order or repetition", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("a", "b", "c", "d")), fc.array(fc.constantFrom("a", "b", "c", "d")), (one, other) => {
        const { added, removed } = changeBetween(one, other);
        const rebuilt = [...one.filter((item) => !removed.includes(item)), ...added];
        assert.ok(sameSet(rebuilt, other));
      }),
    );
  });
});

describe("mergeDocuments", () => {
  const identity = documentOf([]).identity;
  const base = {
    identity,
    holder: "holder-1",
    hash: HASH,
    takesOver: false,
    supersededUntil: day(9).toISOString(),
    unshown: false,
    extended: [],
  };

  it("keeps the recorded content and the published state of a version", () => {
    const recorded = documentOf([version(1, { state: "previous", retireAfter: day(2).toISOString() }), version(2)]);
    const published = documentOf([version(1), version(2, { state: "pending", apiKey: "forged" })]);
    const { sealed: merged } = mergeDocuments({ ...base, recorded, believed: published });
    assert.deepEqual(
      merged.versions.map((one) => [one.serial, one.state, one.apiKey, one.retireAfter]),
      [
        [1, "current", "pub1", undefined],
        [2, "pending", "pub2", undefined],
      ],
    );
  });

  it("follows a document that is ahead of an old checkpoint", () => {
    const { sealed: merged } = mergeDocuments({
      ...base,
      recorded: documentOf([version(1)]),
      believed: documentOf([version(4)], { lastSerial: 4 }),
    });
    assert.equal(merged.lastSerial, 4);
    assert.deepEqual(
      merged.versions.map((one) => [one.serial, one.state, one.retireAfter]),
      [
        [1, "previous", base.supersededUntil],
        [4, "current", undefined],
      ],
    );
  });

  it("keeps an intent until a version answers it", () => {
    const intent = { serial: 2, label: "x", at: day(1).toISOString() };
    const published = documentOf([version(1)], { intent, lastSerial: 2 });
    assert.deepEqual(mergeDocuments({ ...base, recorded: documentOf([version(1)]), believed: published }).sealed.intent, intent);
    const sealed = documentOf([version(1), version(2, { state: "pending" })]);
    assert.equal(mergeDocuments({ ...base, recorded: sealed, believed: published }).sealed.intent, undefined);
    assert.equal(withVersions(published, sealed.versions).intent, undefined);
  });

  it("keeps the identity that a version was sealed under after a rename", () => {
    const renamed = { ...identity, name: "mm-new" };
    const { sealed: merged } = mergeDocuments({
      ...base,
      identity: renamed,
      recorded: documentOf([version(1)]),
      believed: undefined,
    });
    assert.deepEqual(merged.versions[0]?.identity, identity);
    const { sealed: back } = mergeDocuments({ ...base, recorded: merged, believed: undefined });
    assert.equal(back.versions[0]?.identity, undefined);
  });
});

/** Keys with labels, and reads that show everything. */
const LABELLED = { ownership: "label", unlisted: [] } as const;

describe("drift", () => {
  const recorded = recordOf(documentOf([version(1)]));
  const place = { worth: "same", believed: recorded.sealed, isHeldByUs: true } as const;
  const sight = { inputs: inputsAt(day(1)), recorded, place, listed: [listed(1)], ...LABELLED };

  it("is nothing while all is as declared", () => {
    assert.equal(driftIn(sight), undefined);
    assert.equal(
      driftIn({ ...sight, listed: [listed(1, { scopes: ["spot", "read"] }), listed(9, { label: "someone's" })] }),
      undefined,
    );
  });

  it("names what differs, and where", () => {
    const wide = listed(1, {
      ipWhitelist: ["127.0.10.1", "127.0.10.9"],
      scopes: ["read", "spot", "transfer"],
      unknownFlags: ["Other"],
    });
    assert.deepEqual(driftIn({ ...sight, listed: [wide] }), {
      "serial 1 (current)": "scopes +transfer; ipWhitelist +127.0.10.9; unknown permissions +Other",
    });
    assert.deepEqual(driftIn({ ...sight, listed: [listed(1, { ipWhitelist: [] })] }), {
      "serial 1 (current)": "ipWhitelist removed: every address is let in",
    });
    assert.deepEqual(driftIn({ ...sight, listed: [] }), { "serial 1 (current)": "is gone from the exchange" });
    assert.match(JSON.stringify(driftIn({ ...sight, listed: [listed(1), listed(3)] })), /serial 3.*in no state/);
    const at = (change: Partial<PlaceSight>) => JSON.stringify(driftIn({ ...sight, place: { ...place, ...change } }));
    assert.match(at({ worth: "absent", believed: undefined }), /document.*not published/);
    assert.match(at({ worth: "unknown", believed: undefined, isHeldByUs: false }), /another resource/);
    assert.match(at({ worth: "other", believed: undefined, isHeldByUs: false }), /another resource/);
    assert.match(at({ worth: "unknown", believed: undefined }), /stamp of another parent credential/);
    assert.match(at({ worth: "forged", believed: undefined, isHeldByUs: false }), /was edited: no deployer wrote it/);
    assert.match(at({ worth: "old", believed: undefined }), /an older one that somebody put back/);
    const ahead = { worth: "good", believed: documentOf([version(2)]) } as const;
    assert.match(at(ahead), /is ahead of the state.*up takes serial 2 over/);
    const seen = driftIn({ ...sight, place: { ...place, ...ahead }, listed: [listed(1), listed(2)] });
    assert.deepEqual(Object.keys(seen ?? {}), ["document"], "nobody is asked to delete a key that bots use");
    const relabelled = driftIn({ ...sight, listed: [listed(1, { label: "treasury" })] });
    assert.match(JSON.stringify(relabelled), /serial 1 \(current\).*bears another label/);
  });

  it("is not the same as gone: any key under our label still counts", () => {
    assert.equal(isGone({ ...sight, listed: [] }), true);
    assert.equal(isGone({ ...sight, listed: [listed(4)] }), false);
    assert.equal(isGone({ ...sight, listed: [listed(1)] }), false);
    assert.equal(isGone({ ...sight, recorded: recordOf(documentOf([])), listed: [] }), false);
  });
});

describe("the parent credential", () => {
  const now = day(100);
  const found = (sight: Partial<ParentSight>, accept: AccountSettings["accept"] = undefined) =>
    parentProblems({ scopes: ["read"], ipWhitelist: [], ...sight }, { environment: "production", accept, now });

  it("is refused in production when it can withdraw, is bound to nothing or is old, unless that was accepted", () => {
    const worst = { scopes: ["read", "withdraw"], createdAt: day(0).toISOString() } as const;
    assert.deepEqual(
      found(worst).map((problem) => /\(accept\.(\w+)\)/.exec(problem)?.[1]),
      ["withdraw", "unbound", "age"],
    );
    const reason = "a reason of some length";
    assert.deepEqual(found(worst, { withdraw: reason, unbound: reason, age: reason }), []);
    assert.deepEqual(parentProblems({ ...worst, ipWhitelist: [] }, { environment: "sandbox", accept: undefined, now }), []);
  });

  it("is bound when it shows addresses, or says that it is bound to some", () => {
    assert.deepEqual(found({ ipWhitelist: ["52.1.2.3"] }), []);
    assert.deepEqual(found({ ipBound: true }), []);
    assert.equal(found({ ipBound: false }).length, 1);
  });
});
