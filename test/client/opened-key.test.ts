import assert from "node:assert/strict";
import { Console } from "node:console";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { format, inspect } from "node:util";
import { serialize } from "node:v8";
import { MessageChannel } from "node:worker_threads";
import { type OpenedKey, openKey } from "../../providers/src/client";
import { Secret } from "../../providers/src/core/secret";
import { removeTemporaryFolders } from "../seal/samples";
import { EXPECTED, newDesk, secretOf } from "./desk";

const PASSWORD = "a passphrase";
const CREDENTIALS = { apiKey: "public-id-1", secret: secretOf(1), password: PASSWORD };

async function openedKey(): Promise<OpenedKey> {
  const desk = newDesk();
  await desk.publish([await desk.seal(1, "current", { passphrase: new Secret(PASSWORD) })]);
  return await openKey({ document: desk.url, expect: EXPECTED, sealedBy: desk.reference });
}

/** What a console writes. */
async function printed(print: (console: Console) => void): Promise<string> {
  const stream = new PassThrough();
  print(new Console(stream));
  stream.end();
  return await text(stream);
}

function assertionText(key: OpenedKey): string {
  try {
    assert.deepStrictEqual(key, { nothing: "of this" });
  } catch (error) {
    return inspect(error);
  }
  return assert.fail("they are equal");
}

describe("an opened key", () => {
  afterEach(removeTemporaryFolders);

  for (const [how, show] of [
    ["inspect", (key) => inspect({ key }, { depth: 9 })],
    ["inspect without customInspect", (key) => inspect(key, { customInspect: false })],
    ["inspect of all there is", (key) => inspect({ key }, { customInspect: false, showHidden: true, getters: true, depth: 9 })],
    [
      "inspect of what is behind a proxy",
      (key) => inspect([key], { customInspect: false, showProxy: true, showHidden: true, getters: true }),
    ],
    ["format", (key) => format("%o %O %s %j", key, key, key, key)],
    ["JSON", (key) => JSON.stringify({ key })],
    ["a text", (key) => `${key}${String(key)}`],
    ["console.log", (key) => printed((console) => console.log(key, { key }))],
    ["console.dir", (key) => printed((console) => console.dir(key))],
    ["console.dir of all there is", (key) => printed((console) => console.dir({ key }, { showHidden: true, depth: 9 }))],
    ["an assertion", assertionText],
    ["an error that has it", (key) => inspect(Object.assign(new Error("no"), { key }), { customInspect: false, depth: 9 })],
  ] satisfies [string, (key: OpenedKey) => string | Promise<string>][]) {
    it(`shows neither secret nor password by ${how}`, async () => {
      const shown = await show(await openedKey());
      assert.ok(shown.length > 0);
      assert.ok(!shown.includes(secretOf(1)) && !shown.includes(PASSWORD), shown);
    });
  }

  for (const [how, copy] of [
    ["structuredClone", (key) => structuredClone(key)],
    ["structuredClone of what holds it", (key) => structuredClone({ keys: [key] })],
    ["v8.serialize", (key) => serialize(key)],
    ["a message to a worker", (key) => new MessageChannel().port1.postMessage(key)],
  ] satisfies [string, (key: OpenedKey) => unknown][]) {
    it(`is refused by ${how}`, async () => {
      const key = await openedKey();
      assert.throws(() => copy(key), /could not be cloned/);
    });
  }

  it("hands ccxt its credentials, by toCcxt, as it is and by a spread", async () => {
    const key = await openedKey();
    assert.deepEqual(key.toCcxt(), CREDENTIALS);
    const { toCcxt } = key;
    assert.deepEqual(toCcxt(), CREDENTIALS, "also on its own");
    const { apiKey, secret, password } = { ...key };
    assert.deepEqual({ apiKey, secret, password }, CREDENTIALS);
    const names = ["apiKey", "secret", "password", "serial", "scopes", "issuedAt"];
    assert.deepEqual([Object.keys(key), Object.keys({ ...key }), Object.keys(Object.assign({}, key))], [names, names, names]);
  });

  it("has no more than its own properties, and cannot be changed", async () => {
    const key = await openedKey();
    assert.ok("secret" in key && !("withdraw" in key) && Object.isFrozen(key));
    for (const name of ["apiKey", "secret", "password", "new"]) {
      assert.throws(() => Object.assign(key, { [name]: "x" }), TypeError);
      assert.equal(Reflect.deleteProperty(key, name), name === "new");
    }
    assert.deepEqual(key.toCcxt(), CREDENTIALS);
    const desk = newDesk();
    await desk.publish([await desk.seal(1, "current")]);
    const without = await openKey({ document: desk.url, expect: EXPECTED, sealedBy: desk.reference });
    assert.ok(!("password" in without) && !("password" in without.toCcxt()) && without.password === undefined);
  });
});

describe("an opened key in the oldest ccxt that this package allows", () => {
  afterEach(removeTemporaryFolders);
  const entry = require.resolve("ccxt");

  it("is the one that is installed here", () => {
    const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));
    const { dependencies } = read(join(__dirname, "../../providers/package.json"));
    const { version } = read(join(dirname(entry), "..", "package.json"));
    assert.equal(dependencies.ccxt, version, "the range is one version: of a wider one, try the oldest here");
  });

  for (const [how, given] of [
    ["toCcxt", (key) => ({ ...key.toCcxt(), timeout: 5000 })],
    ["the key as it is", (key) => key],
    ["a spread", (key) => ({ ...key, timeout: 5000, options: { defaultType: "swap" } })],
  ] satisfies [string, (key: OpenedKey) => object][]) {
    it(`signs, by ${how}`, async () => {
      const key = await openedKey();
      const { default: Exchange } = await import(pathToFileURL(join(dirname(entry), "..", "js", "src", "okx.js")).href);
      const exchange = new Exchange(given(key));
      const { apiKey, secret, password } = exchange;
      assert.deepEqual({ apiKey, secret, password }, CREDENTIALS);
      assert.equal(exchange.checkRequiredCredentials(), true);
      const plain = new Exchange(CREDENTIALS);
      for (const one of [exchange, plain]) one.nonce = () => 1_767_225_600_000;
      for (const one of [exchange, plain]) one.milliseconds = () => 1_767_225_600_000;
      const signed = (one: typeof exchange) => one.sign("account/balance", "private", "GET", {}).headers["OK-ACCESS-SIGN"];
      assert.equal(signed(exchange), signed(plain));
    });
  }
});
