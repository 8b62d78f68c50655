import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { openForSigner, openKey } from "../../providers/src/client";
import { Secret } from "../../providers/src/core/secret";
import { failsWith, removeTemporaryFolders } from "../seal/samples";
import { type Desk, EXPECTED, newDesk, secretOf } from "./desk";

function open(desk: Desk, changes: Partial<Parameters<typeof openKey>[0]> = {}) {
  return openKey({ document: desk.url, expect: EXPECTED, sealedBy: desk.reference, ...changes });
}

const hides = [secretOf(1), secretOf(2), secretOf(3)];

describe("a bot opening its key", () => {
  afterEach(removeTemporaryFolders);

  it("gets what ccxt takes, and the public facts", async () => {
    const desk = newDesk();
    await desk.publish([await desk.seal(1, "previous"), await desk.seal(2, "current"), await desk.seal(3, "pending")]);
    assert.deepEqual(
      { ...(await open(desk)) },
      {
        apiKey: "public-id-2",
        secret: secretOf(2),
        serial: 2,
        scopes: ["read", "spot"],
        issuedAt: "2026-01-02T03:04:05.000Z",
      },
    );
  });

  it("gets the passphrase as password, and the expiry", async () => {
    const desk = newDesk();
    const notAfter = "2099-01-01T00:00:00.000Z";
    await desk.publish([await desk.seal(1, "current", { passphrase: new Secret("a passphrase"), notAfter })]);
    const key = await open(desk);
    assert.equal(key.password, "a passphrase");
    assert.equal(key.notAfter, notAfter);
  });

  it("finds the document by a path too, absolute or relative", async () => {
    const desk = newDesk();
    await desk.publish([await desk.seal(1, "current")]);
    const path = fileURLToPath(desk.url);
    assert.equal((await open(desk, { document: path })).serial, 1);
    assert.equal((await open(desk, { document: relative(process.cwd(), path) })).serial, 1);
  });

  it("signs with ccxt", async () => {
    const desk = newDesk();
    await desk.publish([await desk.seal(1, "current", { passphrase: new Secret("a passphrase") })]);
    const path = join(dirname(require.resolve("ccxt")), "..", "js", "src", "okx.js");
    const { default: Exchange } = await import(pathToFileURL(path).href);
    const exchange = new Exchange(await open(desk));
    assert.equal(exchange.checkRequiredCredentials(), true);
    assert.deepEqual([exchange.apiKey, exchange.secret, exchange.password], ["public-id-1", secretOf(1), "a passphrase"]);
    const { headers } = exchange.sign("account/balance", "private", "GET", {});
    assert.equal(headers["OK-ACCESS-KEY"], "public-id-1");
    assert.ok(headers["OK-ACCESS-SIGN"].length > 0);
  });

  it("prints neither secret nor password, yet copies them", async () => {
    const desk = newDesk();
    await desk.publish([await desk.seal(1, "current", { passphrase: new Secret("a passphrase") })]);
    const key = await open(desk);
    for (const shown of [inspect(key), inspect({ key }, { depth: 9 }), JSON.stringify({ key }), String(key)]) {
      assert.ok(!shown.includes(secretOf(1)) && !shown.includes("a passphrase"), shown);
    }
    assert.match(inspect(key), /public-id-1/);
    const { apiKey, secret, password } = { ...key };
    assert.deepEqual({ apiKey, secret, password }, { apiKey: "public-id-1", secret: secretOf(1), password: "a passphrase" });
    assert.throws(() => Object.assign(key, { apiKey: "x" }), TypeError);
  });

  it("can use the previous version during an overlap, and only then", async () => {
    const desk = newDesk();
    const current = await desk.seal(2, "current");
    await desk.publish([await desk.seal(1, "previous"), current]);
    assert.equal((await open(desk, { use: "previous" })).secret, secretOf(1));
    await desk.publish([current]);
    await assert.rejects(open(desk, { use: "previous" }), failsWith("OpenFailed", { code: "NoSuchVersion" }));
  });

  it("never takes a pending version for a current one", async () => {
    const desk = newDesk();
    await desk.publish([await desk.seal(1, "pending")]);
    await assert.rejects(open(desk), failsWith("OpenFailed", { code: "NoSuchVersion" }));
  });

  it("says so when nothing is published", async () => {
    await assert.rejects(open(newDesk()), failsWith("PublicationFailed", { code: "ENOENT" }));
  });

  it("does not create a key file where it has none", async () => {
    const desk = newDesk();
    const version = await desk.seal(1, "current");
    const key = `${desk.reference}-elsewhere`;
    await desk.publish([{ ...version, key }]);
    await assert.rejects(open(desk, { sealedBy: key }), failsWith("OpenFailed", { code: "ENOENT" }));
    assert.ok(!existsSync(key.slice("local://".length)));
  });
});

describe("a bot refusing a document", () => {
  afterEach(removeTemporaryFolders);

  it("whose version was sealed before a rename, unless it expects that name", async () => {
    const desk = newDesk();
    const former = { ...EXPECTED, name: "former" };
    const previous = { ...(await desk.seal(1, "previous", { identity: former })), identity: former };
    await desk.publish([previous, await desk.seal(2, "current")]);
    assert.equal((await open(desk)).serial, 2);
    assert.equal((await open(desk, { use: "previous", expect: former })).serial, 1);
    await assert.rejects(open(desk, { use: "previous" }), failsWith("WrongDocument"));
    await assert.rejects(open(desk, { expect: former }), failsWith("WrongDocument"));
  });

  it("with the states swapped is none: both are the bot's own keys", async () => {
    const desk = newDesk();
    await desk.publish([await desk.seal(1, "current"), await desk.seal(2, "previous")]);
    assert.equal((await open(desk)).serial, 1);
    await assert.rejects(open(desk, { minSerial: 2 }), failsWith("OlderDocument"));
  });

  it("whose key has expired, by the clock it is given", async () => {
    const desk = newDesk();
    const notAfter = "2026-04-02T00:00:00.000Z";
    await desk.publish([await desk.seal(1, "current", { notAfter })]);
    const at = (time: string) => open(desk, { now: () => new Date(time) });
    assert.equal((await at("2026-04-01T23:59:59.999Z")).serial, 1);
    await assert.rejects(at(notAfter), failsWith("VersionExpired", { hides }));
    await assert.rejects(at("2026-04-03T00:00:00.000Z"), failsWith("VersionExpired", { hides }));
  });

  it("sealed by another key than the one it expects", async () => {
    const desk = newDesk();
    await desk.publish([await desk.seal(1, "current")]);
    assert.equal((await open(desk, { sealedBy: desk.reference })).serial, 1);
    await assert.rejects(open(desk, { sealedBy: "awskms://alias/bots" }), failsWith("WrongDocument", { hides }));
  });

  it("sealed by a key file in production, unless it names the file", async () => {
    const desk = newDesk();
    await desk.publish([await desk.seal(1, "previous"), await desk.seal(2, "current")]);
    const opening = { document: desk.url, expect: EXPECTED };
    const refused = failsWith("EnvironmentRefused", { code: "LocalSealing", text: /name it as sealedBy/, hides });
    for (const environment of [{}, { environment: "production" }] as const) {
      await assert.rejects(openKey({ ...opening, ...environment }), refused);
      await assert.rejects(openKey({ ...opening, ...environment, use: "previous" }), refused);
      await assert.rejects(openForSigner({ ...opening, ...environment, publicKeys: [] }), refused);
      assert.equal((await openKey({ ...opening, ...environment, sealedBy: desk.reference })).serial, 2);
    }
    for (const environment of ["testnet", "sandbox"] as const) {
      assert.equal((await openKey({ ...opening, environment })).serial, 2);
    }
  });

  it("that is malformed, or names a sealing reference that nobody can use", async () => {
    const desk = newDesk();
    const version = await desk.seal(1, "current");
    await desk.publish([{ ...version, key: "gcpkms://x" }]);
    await assert.rejects(open(desk, { sealedBy: "gcpkms://x" }), failsWith("InvalidInput"));
    writeFileSync(fileURLToPath(desk.url), "{}");
    await assert.rejects(open(desk), failsWith("TamperedDocument"));
  });

  it("whose KMS was moved by a variable, in production", async () => {
    const desk = newDesk();
    await desk.publish([{ ...(await desk.seal(1, "current")), key: "awskms://alias/bots?region=eu-west-1" }]);
    const env = { AWS_ENDPOINT_URL_KMS: "http://127.0.0.1:1" };
    await assert.rejects(open(desk, { env, sealedBy: "awskms://alias/bots?region=eu-west-1" }), failsWith("EnvironmentRefused"));
  });
});

describe("the client's size", () => {
  it("loads neither Pulumi nor ccxt nor an AWS SDK", () => {
    const program = `
      require("./providers/src/client/index.ts");
      const heavy = /node_modules.(@pulumi|ccxt|@aws-sdk|@smithy|typescript|undici)\\b/;
      process.stdout.write(JSON.stringify(Object.keys(require.cache).filter((path) => heavy.test(path))));
    `;
    const run = spawnSync(process.execPath, ["--import", "tsx", "-e", program], { encoding: "utf8" });
    assert.deepEqual({ status: run.status, loaded: run.stdout }, { status: 0, loaded: "[]" }, run.stderr);
  });
});
