import assert from "node:assert/strict";
import { identityOf } from "../../providers/src/core/inputs";
import { Secret } from "../../providers/src/core/secret";
import { descriptorOf } from "../../providers/src/exchanges/registry";
import { adopt } from "../../providers/src/lifecycle/adopt";
import { openVersion } from "../../providers/src/seal/version";
import { DAY, Desk, fails, HERE, INPUTS, SECRET } from "./adopted-desk";

describe("adopting a key that a person made", () => {
  let desk: Desk;
  beforeEach(() => {
    desk = new Desk();
  });

  it("publishes a document that its bot can open", async () => {
    const { serial, usableFrom } = await desk.adopt({}, { passphrase: new Secret("phrase") });
    assert.equal(serial, 1);
    assert.equal(usableFrom, new Date(desk.now + 3 * DAY).toISOString());
    const [version] = desk.document.versions;
    assert.ok(version !== undefined && version.state === "current");
    const opened = await openVersion(desk.surroundings.sealer(version.key), version, identityOf(INPUTS));
    assert.deepEqual([opened.secret?.reveal(), opened.passphrase?.reveal()], [SECRET, "phrase"]);
    assert.ok(!JSON.stringify(desk.document).includes(SECRET));
    assert.deepEqual([desk.asked, desk.said.length], [1, 1]);
    assert.match(desk.said[0] ?? "", /okx is asked about the key by one call signed with it, from 52\.1\.2\.3/);
  });

  it("a second time keeps the first for as long as the second has to wait", async () => {
    await desk.adopt();
    desk.now += 60 * DAY;
    const { serial, forgotten } = await desk.adopt({}, { apiKey: "pub2" });
    assert.deepEqual([serial, forgotten], [2, []]);
    const [before] = desk.document.versions;
    assert.deepEqual([before?.state, before?.retireAfter], ["previous", new Date(desk.now + 3 * DAY).toISOString()]);
    await fails(desk.adopt({ overlapMs: DAY }), "PolicyViolation", /shorter than the 72 hours/);
  });

  it("is refused where a call could get the key revoked, before the key is read", async () => {
    desk.addresses = ["52.9.9.9"];
    await fails(desk.adopt(), "PolicyViolation", /not known to call from an address of the whitelist.*--from.*--no-verify/);
    assert.deepEqual([desk.asked, desk.read, desk.world.documents.size], [0, 0, 0]);
    await desk.adopt({ verify: false });
    assert.deepEqual([desk.asked, desk.document.lastSerial], [0, 1]);
  });

  it("is refused when the key is not what is said of it", async () => {
    desk.sight = { ...desk.sight, scopes: ["read", "withdraw", "spot"], ipWhitelist: [HERE, "52.1.2.9"] };
    await fails(desk.adopt(), "VerificationFailed", /scopes \+spot; ipWhitelist \+52\.1\.2\.9\. Nothing was published/);
    desk.sight = { isMaster: true, scopes: ["read", "withdraw"], ipWhitelist: [HERE], expiresAt: "2026-02-01T00:00:00.000Z" };
    await fails(desk.adopt({ expiresAt: "never" }), "VerificationFailed", /expiresAt the exchange says 2026-02-01/);
    assert.equal(desk.world.documents.size, 0);
  });

  it("is refused when the exchange refuses the key, in words about the key", async () => {
    desk.refusal = "AuthFailed";
    await fails(desk.adopt(), "AuthFailed", /does not accept this key \(code 50119\)/);
    desk.refusal = "IpNotAllowed";
    await fails(desk.adopt(), "IpNotAllowed", /does not let this key in from where this runs/);
    desk.refusal = "Unavailable";
    await fails(desk.adopt(), "Unavailable", /refused/);
    assert.equal(desk.world.documents.size, 0);
  });

  it("takes the exchange's word for when the key was made and when it ends", async () => {
    const [createdAt, expiresAt] = ["2025-12-31T09:00:00.000Z", "2026-03-31T09:00:00.000Z"];
    desk.sight = { ...desk.sight, createdAt, expiresAt };
    await desk.adopt({ issuedAt: "2025-12-31T00:00:00.000Z" });
    const [version] = desk.document.versions;
    assert.deepEqual([version?.issuedAt, version?.notAfter], [createdAt, expiresAt]);
  });

  it("asks a person for what nobody says", async () => {
    const order = { ...INPUTS, seal: "local:///key", verify: false };
    const without = adopt(order, { ...desk.surroundings, readKey: () => assert.fail("the key is read last") });
    await fails(without, "InvalidInput", /nobody says when the key was made.*--issued-at/);
    const fact = { source: "this test", date: "2026-01-01", confirmed: true } as const;
    desk.descriptor = { ...desk.descriptor, lifetimeDays: { ...fact, value: { choices: [90], chosen: 90 } } };
    await fails(desk.adopt(), "InvalidInput", /made with a lifetime.*--expires-at/);
    await desk.adopt({ expiresAt: "never" });
    assert.equal(desk.document.versions[0]?.notAfter, undefined);
  });

  it("knows when a key without addresses ends, and takes none that has ended", async () => {
    desk.descriptor = descriptorOf("bybit");
    desk.sight = { isMaster: true, scopes: ["read"], ipWhitelist: [] };
    await desk.adopt({ scopes: ["read"], ipWhitelist: [] });
    const [version] = desk.document.versions;
    assert.deepEqual([version?.notAfter, version?.unbound], [new Date(desk.now + 90 * DAY).toISOString(), true]);
    const ended = desk.adopt({ scopes: ["read"], ipWhitelist: [], expiresAt: "2025-01-01T00:00:00.000Z" });
    await fails(ended, "KeyExpired", /expired at 2025-01-01/);
  });

  it("leaves documents of others alone", async () => {
    await desk.adopt();
    await fails(desk.adopt({ name: "other" }), "Conflict", /belongs to another key/);
    desk.world.documents.set(INPUTS.publish, { ...desk.document, holder: "holder-of-an-api-key" });
    await fails(desk.adopt(), "Conflict", /is held by an ApiKey/);
    assert.equal(desk.read, 1);
  });

  it("tells where an exchange knows nothing of its keys", async () => {
    const inspectParent = { can: "no", why: "no call", source: "this test", date: "2026-01-01" } as const;
    desk.descriptor = { ...desk.descriptor, operations: { ...desk.descriptor.operations, inspectParent } };
    await desk.adopt();
    assert.deepEqual([desk.asked, desk.said], [0, ["OKX tells nothing of a key by API: it is not verified"]]);
  });
});
