import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { AdoptedOutputs, WatchedInputs } from "../../providers/src/core/adopted";
import type { SelfSight } from "../../providers/src/core/adopted-document";
import { type ErrorKind, isKind, KeyError } from "../../providers/src/core/errors";
import { identityOf } from "../../providers/src/core/inputs";
import { Secret } from "../../providers/src/core/secret";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";
import { descriptorOf } from "../../providers/src/exchanges/registry";
import { type AdoptOrder, adopt, type KeyOfPerson } from "../../providers/src/lifecycle/adopt";
import { forgetAdopted, observeAdopted, recordAdopted } from "../../providers/src/lifecycle/adopted-key";
import { openVersion } from "../../providers/src/seal/version";
import { World } from "./world";

const DAY = 86_400_000;
const SECRET = "the-secret-of-a-person";
const HERE = "52.1.2.3";

const INPUTS: WatchedInputs = {
  environment: "sandbox",
  owner: "desk",
  exchange: "okx",
  account: "main",
  subAccount: "master",
  name: "treasury",
  bot: "treasury-1",
  purpose: "treasury",
  scopes: ["read", "withdraw"],
  ipWhitelist: [HERE],
  publish: "file:///treasury.json",
  maxAge: "90d",
  onOverdue: "error",
};

/** A person with a key, an exchange that knows it, and the world of the other lifecycle tests for the rest. */
class Desk {
  readonly world = new World();
  readonly said: string[] = [];
  now = Date.UTC(2026, 0, 1);
  sight: SelfSight = { isMaster: true, scopes: ["read", "withdraw"], ipWhitelist: [HERE] };
  refusal: ErrorKind | undefined;
  asked = 0;
  read = 0;
  addresses: readonly string[] = [HERE];
  descriptor: Descriptor = descriptorOf("okx");

  get surroundings() {
    const { store, sealer } = this.world.surroundings;
    return {
      store,
      sealer,
      clock: { now: () => new Date(this.now) },
      notice: (text: string) => void this.said.push(text),
      random: this.world.surroundings.random,
      addresses: () => this.addresses,
      descriptor: () => this.descriptor,
      inspect: async (): Promise<SelfSight> => {
        this.asked += 1;
        if (this.refusal !== undefined) throw new KeyError({ kind: this.refusal, message: "refused", code: "50119" });
        return this.sight;
      },
    };
  }

  adopt(changes: Partial<AdoptOrder> = {}, key: Partial<KeyOfPerson> = {}) {
    const { scopes, ipWhitelist, publish, environment } = INPUTS;
    const issuedAt = new Date(this.now).toISOString();
    const seal = "local:///key";
    const order = { ...identityOf(INPUTS), environment, scopes, ipWhitelist, publish, seal, issuedAt, verify: true, ...changes };
    const readKey = async (): Promise<KeyOfPerson> => {
      this.read += 1;
      return { apiKey: "pub1", secret: new Secret(SECRET), ...key };
    };
    return adopt(order, { ...this.surroundings, readKey });
  }

  record(changes: Partial<WatchedInputs> = {}, recorded?: AdoptedOutputs): Promise<AdoptedOutputs> {
    return recordAdopted({ ...INPUTS, ...changes }, recorded, this.surroundings);
  }

  get document() {
    const found = this.world.documents.get(INPUTS.publish);
    assert.ok(found !== undefined);
    return found;
  }
}

async function fails(act: Promise<unknown>, kind: ErrorKind, said: RegExp): Promise<void> {
  await assert.rejects(act, (error: unknown) => {
    assert.ok(isKind(error, kind), String(error));
    assert.match(error.message, said);
    assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(SECRET));
    return true;
  });
}

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
    assert.deepEqual([opened.secret.reveal(), opened.passphrase?.reveal()], [SECRET, "phrase"]);
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
      /Run: exchange-keys adopt --environment sandbox .* --ip 52\.1\.2\.3 --publish file:\/\/\/treasury\.json --seal <sealing reference>/;
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
      /older than 90d.*docs\/runbooks\.md#an-adopted-key-is-overdue.*Run: exchange-keys/,
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
