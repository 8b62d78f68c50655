import assert from "node:assert/strict";
import { KeyError } from "../../providers/src/core/errors";
import { forgetAdopted, observeAdopted, recordAdopted } from "../../providers/src/lifecycle/adopted-key";
import { DAY, Desk, fails, HERE, INPUTS } from "./adopted-desk";

describe("an adopted key's resource", () => {
  let desk: Desk;
  beforeEach(() => {
    desk = new Desk();
  });

  it("records what is published, and nothing secret", async () => {
    await desk.adopt();
    const outputs = await desk.record();
    const { apiKey, serial, status, usableFrom } = outputs;
    assert.deepEqual([apiKey, serial, status], ["pub1", 1, "ready"]);
    assert.equal(usableFrom, new Date(desk.now + 3 * DAY).toISOString());
    assert.ok(!JSON.stringify(outputs).includes(desk.document.versions[0]?.ciphertext ?? "?"));
    assert.deepEqual(await desk.record({}, outputs), outputs);
  });

  it("names the command while nothing is published", async () => {
    const command =
      /Run: npx --no-install exchange-keys adopt --environment sandbox .* --ip 52\.1\.2\.3 --publish file:\/\/\/treasury\.json --seal <sealing reference>/;
    await fails(desk.record(), "PublicationFailed", command);
    await fails(desk.record({ seal: "local:///k" }), "PublicationFailed", /--seal local:\/\/\/k/);
  });

  it("refuses a document that is not the declared key's", async () => {
    await desk.adopt();
    await fails(desk.record({ bot: "other" }), "Conflict", /belongs to another key/);
    await fails(desk.record({ scopes: ["read"] }), "PolicyViolation", /adopted with the scopes read, withdraw, and others/);
    await fails(desk.record({ seal: "local:///other" }), "WrongDocument", /sealed by another key than the one declared/);
    desk.world.documents.set(INPUTS.publish, { ...desk.document, holder: "holder-of-an-api-key" });
    await fails(desk.record(), "Conflict", /held by an ApiKey/);
  });

  it("refuses an older document, and one that was edited", async () => {
    await desk.adopt();
    const old = desk.document;
    await desk.adopt({}, { apiKey: "pub2" });
    const outputs = await desk.record();
    const { document } = desk;
    desk.world.documents.set(INPUTS.publish, old);
    await fails(desk.record({}, outputs), "OlderDocument", /serial 1 is published, and 2 was recorded before/);
    const [first, second] = document.versions;
    assert.ok(first && second);
    desk.world.documents.set(INPUTS.publish, { ...document, versions: [second] });
    await fails(desk.record({}, outputs), "TamperedDocument", /changed without a new adoption/);
  });

  it("is overdue by an error of its own, or a warning", async () => {
    await desk.adopt();
    const outputs = await desk.record();
    desk.now += 91 * DAY;
    await fails(
      desk.record({}, outputs),
      "PolicyViolation",
      /older than 90d.*docs\/runbooks\.md#an-adopted-key-is-overdue.*Run: npx --no-install exchange-keys/,
    );
    const warned = await desk.record({ onOverdue: "warn" }, outputs);
    assert.equal(warned.status, "overdue");
    assert.match(desk.said.at(-1) ?? "", /okx "treasury": .*older than 90d/);
    await desk.adopt({}, { apiKey: "pub2" });
    assert.deepEqual([(await desk.record({}, outputs)).serial, (await desk.record({}, outputs)).status], [2, "ready"]);
  });

  it("is expired when its end has come", async () => {
    await desk.adopt({ expiresAt: new Date(desk.now + 30 * DAY).toISOString() });
    desk.now += 30 * DAY;
    await fails(desk.record(), "KeyExpired", /expired at 2026-01-31/);
    assert.equal((await desk.record({ onOverdue: "warn" })).status, "expired");
  });

  it("is asked about itself from an allowed address only", async () => {
    await desk.adopt({ verify: false });
    await desk.record();
    assert.equal(desk.asked, 0);
    desk.addresses = ["52.9.9.9"];
    await desk.record({ verifyFrom: [HERE] });
    assert.equal(desk.asked, 0);
    assert.match(desk.said.at(-1) ?? "", /was not looked at: this machine is not known to call from/);
    desk.addresses = [HERE];
    await desk.record({ verifyFrom: [HERE] });
    assert.equal(desk.asked, 1);
    desk.sight = { ...desk.sight, scopes: ["read", "withdraw", "transfer"] };
    await fails(desk.record({ verifyFrom: [HERE] }), "VerificationFailed", /scopes \+transfer/);
  });

  it("shows what a read sees, and is never taken for gone", async () => {
    await desk.adopt();
    const outputs = await desk.record({ verifyFrom: [HERE] });
    const seen = async () => (await observeAdopted(outputs, desk.surroundings)).drift;
    assert.equal(await seen(), undefined);
    desk.sight = { ...desk.sight, ipWhitelist: [] };
    assert.deepEqual(await seen(), { ipWhitelist: "none: every address is let in" });
    desk.refusal = "AuthFailed";
    assert.deepEqual(await seen(), { key: "is not accepted by the exchange" });
    desk.refusal = "RateLimited";
    await fails(seen(), "RateLimited", /refused/);
    desk.refusal = undefined;
    const asked = desk.asked;
    await desk.adopt({ verify: false }, { apiKey: "pub2" });
    assert.deepEqual(await seen(), { document: "serial 2 is current, recorded is 1" });
    desk.world.documents.delete(INPUTS.publish);
    assert.deepEqual(await seen(), { document: "is not published" });
    assert.equal(desk.asked, asked, "a key that is not the recorded one is not signed with");
  });

  it("is not looked at by a deployer that may not open the document", async () => {
    await desk.adopt({ verify: false });
    const sealer = () => ({
      reference: "local:///key",
      seal: () => assert.fail("nothing is sealed"),
      open: () => Promise.reject(new KeyError({ kind: "OpenFailed", message: "denied" })),
    });
    await recordAdopted({ ...INPUTS, verifyFrom: [HERE] }, undefined, { ...desk.surroundings, sealer });
    assert.equal(desk.asked, 0);
    assert.match(desk.said.at(-1) ?? "", /this process may not open the document/);
  });

  it("is forgotten loudly", async () => {
    await desk.adopt();
    const outputs = await desk.record();
    forgetAdopted(outputs, desk.surroundings);
    assert.match(desk.said.at(-1) ?? "", /the key pub1 STILL LIVES at the exchange/);
    assert.equal(desk.world.documents.size, 1);
  });
});
