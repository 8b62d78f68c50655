import assert from "node:assert/strict";
import { fingerprintOf } from "../../providers/src/core/public-key";
import type { Recorded } from "../../providers/src/core/record";
import type { Situation } from "../../providers/src/core/situation";
import { newKeyPair } from "../exchanges/key-pair";
import { steps } from "./planned";
import { day, documentOf, inputsAt, listed, recordOf, version } from "./samples";

const PAIRS = [newKeyPair().publicKey.trimEnd(), newKeyPair().publicKey.trimEnd()] as const;

describe("plan", () => {
  const steady = recordOf(documentOf([version(1)]));
  const overlapping = recordOf(
    documentOf([
      version(1, { state: "previous", retireAfter: day(31, 1).toISOString() }),
      version(2, { issuedAt: day(30).toISOString() }),
    ]),
  );

  it("issues the first version", () => {
    assert.deepEqual(steps({ keys: [], recorded: recordOf(documentOf([])) }), ["issue 1: missing"]);
  });

  it("has nothing to do when all is as declared, in whatever order the exchange answers", () => {
    assert.deepEqual(steps({ keys: [listed(1, { scopes: ["spot", "read"] })], recorded: steady }), []);
  });

  it("sets what was changed behind our back, on both living versions", () => {
    const keys = [listed(1, { ipWhitelist: [] }), listed(2, { scopes: ["read", "spot", "transfer"] })];
    assert.deepEqual(steps({ keys, recorded: overlapping, now: day(30) }), ["set 2", "set 1"]);
    assert.deepEqual(steps({ keys: [listed(1, { unknownFlags: ["Other"] })], recorded: steady }), ["set 1"]);
  });

  it("rotates at a tick and not an hour earlier", () => {
    assert.deepEqual(steps({ keys: [listed(1)], recorded: steady, now: day(29, 23) }), []);
    assert.deepEqual(steps({ keys: [listed(1)], recorded: steady, now: day(30) }), ["issue 2: age"]);
  });

  it("retires a previous version after its overlap and not before", () => {
    const keys = [listed(1), listed(2)];
    assert.deepEqual(steps({ keys, recorded: overlapping, now: day(31) }), []);
    assert.deepEqual(steps({ keys, recorded: overlapping, now: day(31, 1) }), ["retire 1"]);
  });

  it("never retires a last working key before its successor", () => {
    assert.deepEqual(steps({ keys: [listed(1)], recorded: overlapping, now: day(31, 1) }), ["drop 2"]);
    const dropped = recordOf(
      documentOf([version(1, { state: "previous", retireAfter: day(31, 1).toISOString() })], { lastSerial: 2 }),
    );
    assert.deepEqual(steps({ keys: [listed(1)], recorded: dropped, now: day(31, 1) }), ["issue 3: missing"]);
  });

  it("counts serials from everything ever seen: list, document and state", () => {
    const key = (serial: number) => listed(serial, { apiKey: "pubX" });
    const stray = (serial: number) => ({ apiKey: "pubX", serial, until: day(9).toISOString() });
    for (const seen of [
      { listed: 6, document: 4, stray: 5 },
      { listed: 4, document: 6, stray: 5 },
      { listed: 4, document: 5, stray: 6 },
    ]) {
      const recorded = recordOf(documentOf([], { lastSerial: seen.document }), { strays: [stray(seen.stray)] });
      assert.deepEqual(steps({ keys: [key(seen.listed)], recorded }), ["issue 7: missing"], JSON.stringify(seen));
    }
  });

  it("promotes a pending version that is as declared, sets one that can be, and gives up any other", () => {
    const pending = recordOf(documentOf([version(1), version(2, { state: "pending" })]));
    assert.deepEqual(steps({ keys: [listed(1), listed(2)], recorded: pending }), ["promote 2"]);
    const narrow = { keys: [listed(1), listed(2, { scopes: ["read"] })], recorded: pending };
    assert.deepEqual(steps(narrow), ["set 2"]);
    assert.deepEqual(
      steps({ ...narrow, run: { issued: new Set(["pub2"]) } }),
      ["reject 2"],
      "nobody has seen what this run issued",
    );
    const strange = [listed(1), listed(2, { unknownFlags: ["Other"] })];
    assert.deepEqual(steps({ keys: strange, recorded: pending }), ["setAside 2"], "what cannot be set back");
    const sealedElsewhere = recordOf(documentOf([version(1), version(2, { state: "pending", key: "local:///other" })]));
    assert.deepEqual(steps({ keys: [listed(1), listed(2)], recorded: sealedElsewhere }), ["setAside 2"]);
  });

  it("revokes at once only the key that a recent intent of the state names", () => {
    const intent = { serial: 2, label: listed(2).label, at: day(1).toISOString() };
    const recorded = recordOf(documentOf([version(1)], { intent, lastSerial: 2 }));
    const found = { keys: [listed(1), listed(2)], recorded };
    assert.deepEqual(steps(found), ["revokeLost pub2"]);
    const overlap = [`recordStray 2 ${day(2, 1).toISOString()}`];
    assert.deepEqual(steps({ ...found, run: { isIntentRecorded: false } }), overlap, "an older document may have been put back");
    assert.deepEqual(steps({ ...found, now: day(2) }), [`recordStray 2 ${day(3, 1).toISOString()}`], "so may an older state");
  });

  it("revokes, where keys carry no label, what is new since a recent intent and in no document", () => {
    const exchange = { ownership: "exclusive" } as const;
    const bare = (serial: number) => listed(serial, { label: "" });
    const intent = { serial: 2, before: ["pub1", "pub7"], at: day(1).toISOString() };
    const recorded = recordOf(documentOf([version(1)], { intent, lastSerial: 2 }));
    const keys = [bare(1), bare(7), bare(9)];
    const until = day(2, 1).toISOString();
    assert.deepEqual(steps({ keys, recorded, exchange }), [`recordStray pub7 ${until}`, "revokeLost pub9"]);
    assert.deepEqual(steps({ keys: [bare(1), bare(9)], recorded, exchange, now: day(1, 1) }), ["revokeLost pub9"]);
    assert.match(steps({ keys: [bare(1), bare(9)], recorded, exchange, now: day(1, 2) })[0] ?? "", /^recordStray pub9/);
    const labelledIntent = { serial: 2, label: "x", at: intent.at };
    const odd = recordOf(documentOf([version(1)], { intent: labelledIntent, lastSerial: 2 }));
    assert.match(steps({ keys: [bare(1), bare(9)], recorded: odd, exchange })[0] ?? "", /^recordStray pub9/);
  });

  it("refuses an exclusive sub-account that held keys before the first issue, and only then", () => {
    const exchange = { ownership: "exclusive" } as const;
    const keys = [listed(4, { label: "" })];
    assert.deepEqual(steps({ keys, recorded: recordOf(documentOf([])), exchange }), ["refuseForeign pub4"]);
    assert.deepEqual(steps({ keys: [], recorded: recordOf(documentOf([])), exchange }), ["issue 1: missing"]);
    const begun = recordOf(documentOf([], { lastSerial: 1 }));
    assert.match(steps({ keys, recorded: begun, exchange })[0] ?? "", /^recordStray pub4/);
    assert.deepEqual(steps({ keys, recorded: recordOf(documentOf([])) }), ["issue 1: missing"]);
  });

  it("rotates when a scope that no read shows is declared or taken back", () => {
    const exchange = { unlisted: ["transfer"] } as const;
    const inputs = inputsAt(day(1), { scopes: ["read", "spot", "transfer"] });
    assert.deepEqual(steps({ keys: [listed(1)], recorded: steady, inputs, exchange }), ["issue 2: scopes"]);
    const held = recordOf(documentOf([version(1, { scopes: ["read", "spot", "transfer"] })]));
    assert.deepEqual(steps({ keys: [listed(1)], recorded: held, inputs, exchange }), []);
    assert.deepEqual(steps({ keys: [listed(1)], recorded: held, exchange }), ["issue 2: scopes"]);
    const pending = recordOf(documentOf([version(1, { state: "pending" })]));
    assert.deepEqual(steps({ keys: [listed(1)], recorded: pending, inputs, exchange }), ["setAside 1"]);
  });

  it("gives an unknown key under our label the normal overlap, and then retires it", () => {
    const keys = [listed(1), listed(5)];
    assert.deepEqual(steps({ keys, recorded: steady, now: day(3) }), [`recordStray 5 ${day(4, 1).toISOString()}`]);
    const stray = { apiKey: "pub5", serial: 5, until: day(4, 1).toISOString() };
    assert.deepEqual(steps({ keys, recorded: recordOf(steady.sealed, { strays: [stray] }), now: day(4) }), []);
    assert.deepEqual(steps({ keys, recorded: recordOf(steady.sealed, { strays: [stray] }), now: day(4, 1) }), [
      `retireStray 5 ${stray.until}`,
    ]);
    assert.deepEqual(steps({ keys: [listed(1)], recorded: recordOf(steady.sealed, { strays: [stray] }) }), ["forgetStray pub5"]);
  });

  it("leaves keys of others alone, whatever they are called", () => {
    const foreign = [listed(1), listed(7, { label: "someone's key" }), listed(8, { label: "xkaaaaaaaaaa0008mm" })];
    assert.deepEqual(steps({ keys: foreign, recorded: steady }), []);
  });

  it("replaces a version that the exchange no longer honours", () => {
    assert.deepEqual(steps({ keys: [listed(1, { expired: true })], recorded: steady }), ["revokeExpired 1"]);
  });

  it("rotates for a trigger, another identity and another seal", () => {
    const cases: Readonly<Record<string, Partial<Situation["inputs"]>>> = {
      trigger: { rotate: { every: "30d", overlap: "24h", trigger: "now" } },
      identity: { bot: "mm-2" },
      seal: { seal: "local:///new" },
    };
    for (const [cause, changes] of Object.entries(cases)) {
      const inputs = { ...inputsAt(day(1)), ...changes };
      assert.deepEqual(steps({ keys: [listed(1)], recorded: steady, inputs }), [`issue 2: ${cause}`]);
      const blocked = steps({
        keys: [listed(1), listed(2)],
        recorded: overlapping,
        inputs: { ...inputsAt(day(30)), ...changes },
        now: day(30),
      });
      assert.deepEqual(blocked, [`refuse: ${cause}`]);
    }
  });

  it("rotates when another public key is declared, one at all, or none any more", () => {
    const now = day(1);
    const own = recordOf(documentOf([version(1, { fingerprint: fingerprintOf(PAIRS[0]) })]));
    const publicKey = (wanted: string | undefined) => ({
      ...inputsAt(now),
      ...(wanted === undefined ? {} : { publicKey: wanted }),
    });
    const next = (recorded: Recorded, wanted: string | undefined) =>
      steps({ keys: [listed(1)], recorded, inputs: publicKey(wanted) });
    assert.deepEqual(next(own, PAIRS[0]), []);
    for (const wanted of [PAIRS[1], undefined]) assert.deepEqual(next(own, wanted), ["issue 2: publicKey"]);
    assert.deepEqual(next(steady, PAIRS[0]), ["issue 2: publicKey"]);
    const pending = recordOf(documentOf([version(1, { state: "pending", fingerprint: fingerprintOf(PAIRS[0]) })]));
    assert.deepEqual([next(pending, PAIRS[0]), next(pending, PAIRS[1])], [["promote 1"], ["setAside 1"]]);
  });

  it("asks for another public key where a rotation is due and a version that lives has the declared one", () => {
    const fingerprint = fingerprintOf(PAIRS[0]);
    const inputs = (now: Date, changes: Partial<Situation["inputs"]> = {}) => ({
      ...inputsAt(now),
      publicKey: PAIRS[0],
      ...changes,
    });
    const own = recordOf(documentOf([version(1, { fingerprint })]));
    const due = { keys: [listed(1)], recorded: own, now: day(30) };
    assert.deepEqual(steps({ ...due, inputs: inputs(day(30)) }), ["askForKey 1"]);
    assert.deepEqual(steps({ ...due, inputs: inputs(day(30), { publicKey: PAIRS[1] }) }), ["issue 2: publicKey"]);
    const widened = inputs(day(30), { ipWhitelist: ["127.0.10.1", "127.0.10.2"] });
    assert.deepEqual(steps({ ...due, inputs: widened }), ["set 1"], "what else is to be done comes first");
    for (const changes of [
      { bot: "mm-2" },
      { seal: "local:///new" },
      { rotate: { every: "30d", overlap: "0", trigger: "now" } },
    ]) {
      assert.deepEqual(steps({ keys: [listed(1)], recorded: own, inputs: inputs(day(1), changes) }), ["askForKey 1"]);
    }
    const left = documentOf([version(1, { state: "previous", retireAfter: day(31, 1).toISOString(), fingerprint }), version(2)]);
    const both = { keys: [listed(1), listed(2)], recorded: recordOf(left), now: day(1), inputs: inputs(day(1)) };
    assert.deepEqual(steps(both), ["askForKey 1"]);
    assert.deepEqual(steps({ ...both, recorded: recordOf(documentOf(left.versions.slice(0, 1))), keys: [listed(1)] }), [
      "askForKey 1",
    ]);
    assert.deepEqual(steps({ keys: [], recorded: recordOf(documentOf([])), inputs: inputs(day(1)) }), ["issue 1: missing"]);
  });

  it("rotates a key that was issued without addresses when it gets some, because its sealed expiry is then wrong", () => {
    const unbound = recordOf(documentOf([version(1, { notAfter: day(90).toISOString(), unbound: true })]));
    assert.deepEqual(steps({ keys: [listed(1)], recorded: unbound }), ["issue 2: binding"]);
    const lifetime = recordOf(documentOf([version(1, { notAfter: day(90).toISOString() })]));
    assert.deepEqual(steps({ keys: [listed(1)], recorded: lifetime }), []);
  });

  it("rotates before an expiry with the overlap and a day to spare", () => {
    const expiring = recordOf(documentOf([version(1, { notAfter: day(20).toISOString() })]));
    const inputs = inputsAt(day(18), { ipWhitelist: [], scopes: ["read"] });
    const readOnly = { scopes: ["read"], ipWhitelist: [] } as const;
    const keys = [listed(1, readOnly)];
    assert.deepEqual(steps({ keys, recorded: expiring, now: day(17, 23), inputs }), []);
    assert.deepEqual(steps({ keys, recorded: expiring, now: day(18), inputs }), ["issue 2: expiring"]);
    // An open overlap does not hold it up: its end would come first.
    const superseded = version(1, { state: "previous", retireAfter: day(19).toISOString() });
    const both = recordOf(documentOf([superseded, version(2, { notAfter: day(20).toISOString() })]));
    assert.deepEqual(steps({ keys: [...keys, listed(2, readOnly)], recorded: both, now: day(18), inputs }), [
      "issue 3: expiring",
    ]);
  });

  it("does not rotate a key that was taken over for its age alone, until a tick after that", () => {
    const held = recordOf(documentOf([version(1, { issuedAt: day(-5).toISOString() })]), { heldSince: day(0, 2).toISOString() });
    assert.deepEqual(steps({ keys: [listed(1)], recorded: held, now: day(24) }), []);
    assert.deepEqual(steps({ keys: [listed(1)], recorded: held, now: day(25) }), ["issue 2: age"]);
  });

  it("takes down a former document when nobody needs it any more", () => {
    const former = [{ url: "file:///old.json", after: day(2).toISOString() }];
    assert.deepEqual(steps({ keys: [listed(1)], recorded: recordOf(steady.sealed, { former }), now: day(1) }), []);
    assert.deepEqual(steps({ keys: [listed(1)], recorded: recordOf(steady.sealed, { former }), now: day(2) }), [
      "unpublish file:///old.json",
    ]);
  });
});
