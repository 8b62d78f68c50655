import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { isKind } from "../../providers/src/core/errors";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import * as handler from "../../providers/src/handlers/api-key";
import { newKeyPair } from "./key-pair";
import { Life } from "./life";

const OVERLAPPING = { every: "30d", overlap: "24h" };

/** What check says of a declared public key. */
async function problemsOf(life: Life, publicKey: unknown): Promise<readonly string[]> {
  const { failures = [] } = await handler.check({}, { ...life.declared, publicKey });
  return failures.map(({ property, reason }) => `${property} ${reason}`);
}

for (const descriptor of DESCRIPTORS.filter(({ operations }) => operations.issue.can === "yes")) {
  const { id, title, publicKeys } = descriptor;
  describe(`contract, public keys: ${id}`, function () {
    this.timeout(1_200_000);
    let life: Life;

    beforeEach(async () => {
      life = await Life.begin(descriptor);
    });
    afterEach(() => life.end());

    it("a private key that was pasted is refused, and not quoted", async () => {
      const { privateKey } = newKeyPair();
      const problems = await problemsOf(life, privateKey);
      assert.match(problems.join("\n"), /^publicKey holds a PRIVATE key/);
      for (const line of privateKey.split("\n").filter((text) => text.length > 20 && !text.startsWith("-"))) {
        assert.ok(!problems.join("\n").includes(line));
      }
    });

    if (publicKeys === undefined) {
      it("a public key is refused with its property path", async () => {
        const [problem = "", ...others] = await problemsOf(life, newKeyPair().publicKey);
        assert.match(problem, new RegExp(`^publicKey cannot be used for keys of ${title}: public keys are registered at `));
        assert.deepEqual(others, []);
      });
      return;
    }
    casesOf(publicKeys, () => life);
  });
}

function casesOf(publicKeys: NonNullable<Descriptor["publicKeys"]>, current: () => Life): void {
  for (const { algorithm } of publicKeys.value) {
    it(`${algorithm}: the bot signs with its own private key while one key pair gives way to the next`, async () => {
      const life = current();
      const [old, fresh] = [newKeyPair(algorithm), newKeyPair(algorithm)];
      assert.equal(await life.up({ publicKey: old.publicKey }), true);
      assert.equal(await life.up({ publicKey: `  ${old.publicKey.replaceAll("\n", "\r\n")}` }), false, "another way to write it");
      const bot = { privateKey: [old.privateKey, fresh.privateKey] };
      const first = await life.open(bot);
      assert.equal(await life.call(first), "accepted");
      assert.notEqual(await life.call({ ...first, secret: fresh.privateKey }), "accepted", "the other private key signs nothing");
      await life.refresh();
      assert.equal(await life.up({ publicKey: old.publicKey }), false);

      assert.equal(await life.up({ publicKey: fresh.publicKey }), true);
      const second = await life.open(bot);
      assert.equal(second.serial, first.serial + 1);
      assert.notEqual(second.secret, first.secret);
      assert.deepEqual([await life.call(first), await life.call(second)], ["accepted", "accepted"]);
      assert.deepEqual((await life.open({ ...bot, use: "previous" })).secret, first.secret);
      assert.equal(await life.up({ publicKey: fresh.publicKey }), false);

      await life.sandbox.control.advance("26h");
      assert.equal(await life.up({ publicKey: fresh.publicKey }), true);
      assert.notEqual(await life.call(first), "accepted");
      assert.equal(await life.call(second), "accepted");
      assert.deepEqual(await life.living(), [second.apiKey]);
      assert.equal(await life.up({ publicKey: fresh.publicKey }), false);
    });
  }

  it("a rotation that is due fails alone and by name until another public key is declared; the present key works on", async () => {
    const life = current();
    const [old, fresh] = [newKeyPair(), newKeyPair()];
    await life.up({ publicKey: old.publicKey });
    const key = await life.open(old);
    await life.sandbox.control.advance("30d");
    const inputs = await life.check({ publicKey: old.publicKey });
    assert.match(inputs.schedule.why ?? "", /^rotation due since .*: it needs a public key not used by the current version$/);
    await assert.rejects(
      life.up({ publicKey: old.publicKey }),
      /PublicKeyNeeded: a rotation is due \(age\) and needs a public key not used by the current version/,
    );
    assert.equal(await life.call(key), "accepted");
    assert.equal(await life.up({ publicKey: fresh.publicKey }), true);
    assert.equal((await life.open(fresh)).serial, key.serial + 1);
    assert.equal(await life.up({ publicKey: fresh.publicKey }), false);
  });

  it("from a secret to a key pair and back, each a rotation; the public key of a version that lives is not taken again", async () => {
    const life = current();
    const pair = newKeyPair();
    await life.up();
    const made = await life.open();
    assert.equal(await life.up({ publicKey: pair.publicKey }), true);
    const own = await life.open(pair);
    assert.deepEqual([await life.call(made), await life.call(own)], ["accepted", "accepted"]);
    await assert.rejects(life.up(), /RotationBlocked/);
    await life.sandbox.control.advance("26h");
    await life.up({ publicKey: pair.publicKey });
    assert.equal(await life.up(), true);
    const again = await life.open();
    assert.deepEqual([own.serial, again.serial, again.fingerprint], [made.serial + 1, made.serial + 2, undefined]);
    assert.equal(await life.call(again), "accepted");
    await assert.rejects(life.up({ publicKey: pair.publicKey }), /PublicKeyNeeded: .*\(publicKey\).* the previous version/);
    assert.deepEqual([await life.call(own), await life.call(again)], ["accepted", "accepted"]);
  });

  it("the key pair of a lost answer, or of a key that was deleted by hand, is registered again: no twin, and no version shares it", async () => {
    const life = current();
    const pair = newKeyPair();
    await life.sandbox.control.addFault({ kind: "loseAnswer", exchange: life.descriptor.id, operation: "issue", times: 1 });
    assert.equal(await life.up({ publicKey: pair.publicKey }), true);
    const key = await life.open(pair);
    assert.deepEqual(await life.living(), [key.apiKey]);
    assert.equal(await life.call(key), "accepted");
    await life.sandbox.control.removeKey(life.descriptor.id, key.apiKey);
    life.state = undefined;
    life.inputs = undefined;
    assert.equal(await life.up({ publicKey: pair.publicKey }), true, "as after a refresh that finds it gone");
    const again = await life.open(pair);
    assert.deepEqual([await life.living(), again.serial > key.serial], [[again.apiKey], true]);
    assert.equal(await life.call(again), "accepted");
  });

  it("a bot without its private key, or with another, is told so by name; nothing of any key is quoted", async () => {
    const life = current();
    const [pair, other] = [newKeyPair(), newKeyPair()];
    await life.up({ publicKey: pair.publicKey });
    for (const given of [{}, other, { privateKey: ["no key", other.privateKey] }]) {
      await assert.rejects(life.open(given), (error) => isKind(error, "WrongPrivateKey") && !error.message.includes("PRIVATE"));
    }
    const document = await readFile(join(life.folder, "mm.json"), "utf8");
    const body = (pem: string): string => pem.split("\n")[1] ?? "";
    assert.ok(body(pair.privateKey).length > 20 && !`${life.printed}${document}`.includes(body(pair.privateKey)));
    assert.ok(!document.includes(body(pair.publicKey)), "the document knows the fingerprint only");
    assert.match(document, /"fingerprint": "[\w-]{43}"/);
  });

  it("in place, addresses change on a key that has no secret too", async () => {
    const life = current();
    const pair = newKeyPair();
    await life.up({ publicKey: pair.publicKey });
    const key = await life.open(pair);
    const both = ["127.0.10.1", "127.0.10.2"];
    assert.equal(await life.up({ publicKey: pair.publicKey, ipWhitelist: both, rotate: OVERLAPPING }), true);
    assert.equal(await life.call(key, "127.0.10.2"), "accepted");
    assert.equal((await life.open(pair)).apiKey, key.apiKey);
  });
}
