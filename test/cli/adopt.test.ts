import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { openKey } from "../../providers/src/client/open";
import { SCOPES } from "../../providers/src/core/words";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import { verifyJournal } from "../../providers/src/journal/verify";
import { type StartedSandbox, startSandbox } from "../../sandbox/start";
import type { Moto } from "../../scripts/moto";
import { motoOrSkip } from "../seal/moto";
import { runMain } from "./process";
import type { Said } from "./terminal";

const REGION = "eu-west-1";

describe("exchange-keys adopt", function () {
  // Each run is a process that loads TypeScript.
  this.timeout(300_000);
  let folder: string;
  let sandbox: StartedSandbox;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "exchange-keys-adopt-"));
    sandbox = await startSandbox({ dir: join(folder, "sandbox") });
  });
  after(async () => {
    await sandbox.stop();
    await rm(folder, { recursive: true });
  });

  /** With the mark of a sandbox's credentials, but for a PEM text: that is typed as its exchange gave it out. */
  const parent = async (exchange: string, field: string): Promise<string> =>
    (await readFile(join(folder, "sandbox", "parents", `${exchange}.${field}`), "utf8")).replace(/^sandbox-(?=-----BEGIN)/, "");

  const adopt = (args: readonly string[], stdin: string): Promise<Said> =>
    runMain(["adopt", ...args], { stdin, variables: { EXCHANGE_KEYS_SANDBOX: join(folder, "sandbox", "sandbox.json") } });

  function options(exchange: string, changes: Readonly<Record<string, string>> = {}): readonly string[] {
    const all = {
      environment: "sandbox",
      owner: "desk",
      exchange,
      account: "main",
      name: "treasury",
      bot: "treasury-1",
      seal: `local://${folder}/sealing.key`,
      publish: `file://${folder}/${exchange}.json`,
      journal: join(folder, "journal"),
      ip: "127.0.0.1",
      ...changes,
    };
    return Object.entries(all).map(([name, value]) => `--${name}=${value}`);
  }

  for (const { id, credentials } of DESCRIPTORS) {
    it(`adopts the sandbox's own key of ${id} as what it says it is, and a bot opens it`, async () => {
      const fields = await Promise.all(credentials.map((field) => parent(id, field)));
      const stdin = `${fields.join("\n")}\n`;
      const made = { "issued-at": new Date().toISOString().slice(0, 10), "expires-at": "never" };
      // The exchange's own word is the only place where a test learns what the sandbox gave the key.
      const guess = await adopt([...options(id, { ...made, scopes: "read" })], stdin);
      const missing = [...guess.err.matchAll(/ \+([\w:]+)/g)].map(([, name = ""]) => name);
      const isScope = (name: string): boolean => (SCOPES as readonly string[]).includes(name);
      const whose = /subAccount is a key of ([\w-]+)/.exec(guess.err)?.[1];
      const others = missing.filter((name) => !isScope(name)).map((name) => `--other-permission=${name}`);
      const scopes = ["read", ...missing.filter(isScope)].join(",");
      const own = { ...made, scopes, ...(whose === undefined ? {} : { "sub-account": whose }) };
      const { code, out, err } = guess.code === 0 ? guess : await adopt([...options(id, own), ...others], stdin);
      assert.equal(code, 0, err);
      assert.match(out, new RegExp(`adopted ${id} "treasury" as serial 1: `));
      const [, secret = "", passphrase] = fields;
      assert.ok(!`${out}${err}${guess.out}${guess.err}`.includes(secret));
      const expect = {
        owner: "desk",
        bot: "treasury-1",
        exchange: id,
        account: "main",
        subAccount: whose ?? "master",
        name: "treasury",
      };
      const opened = await openKey({
        document: join(folder, `${id}.json`),
        expect,
        sealedBy: `local://${folder}/sealing.key`,
        environment: "sandbox",
      });
      assert.equal(opened.secret.trimEnd(), secret.trimEnd());
      assert.equal(opened.password, passphrase);
    });
  }

  describe("in AWS", () => {
    let moto: Moto | undefined;

    before(async function () {
      moto = await motoOrSkip(this);
      process.env.AWS_ENDPOINT_URL = moto.endpoint;
      const kms = new KMSClient({
        region: REGION,
        endpoint: moto.endpoint,
        credentials: { accessKeyId: "a", secretAccessKey: "a" },
      });
      const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
      await kms.send(new CreateAliasCommand({ AliasName: "alias/bots", TargetKeyId: KeyMetadata?.KeyId }));
    });
    after(async () => {
      delete process.env.AWS_ENDPOINT_URL;
      await moto?.stop();
    });

    it("seals by KMS and publishes to Parameter Store, where a bot opens it", async () => {
      const document = `ssm:///desk/adopted/treasury?region=${REGION}`;
      const seal = `awskms://alias/bots?region=${REGION}`;
      const secret = await parent("bybit", "secret");
      const stdin = `${await parent("bybit", "apiKey")}\n${secret}\n`;
      const args = options("bybit", {
        scopes: "read,transfer",
        seal,
        publish: document,
      });
      const { code, out, err } = await adopt(args, stdin);
      assert.equal(code, 0, err);
      assert.ok(out.includes(`published at ${document}\n`), out);
      const expect = {
        owner: "desk",
        bot: "treasury-1",
        exchange: "bybit",
        account: "main",
        subAccount: "master",
        name: "treasury",
      };
      const opened = await openKey({ document, expect, sealedBy: seal, environment: "sandbox" });
      assert.equal(opened.secret, secret.trimEnd());
      const other = openKey({ document, expect: { ...expect, bot: "treasury-2" }, sealedBy: seal, environment: "sandbox" });
      await assert.rejects(other, (error) => error instanceof Error && !error.message.includes(secret.trimEnd()));
    });
  });

  it("writes down what it seals and publishes", async () => {
    const journal = join(folder, "one-journal");
    const publish = `file://${folder}/written.json`;
    const stdin = `${await parent("bybit", "apiKey")}\n${await parent("bybit", "secret")}\n`;
    const { code, err } = await adopt(options("bybit", { scopes: "read,transfer", publish, journal, stack: "prod" }), stdin);
    assert.equal(code, 0, err);
    const { acts, unfinished, problems } = await verifyJournal(journal);
    assert.deepEqual([acts, unfinished, problems], [2, [], []]);
    const [file = ""] = await readdir(journal);
    const lines = (await readFile(join(journal, file), "utf8")).trimEnd().split("\n");
    const [start, seal, , published] = lines.map((line) => JSON.parse(line));
    assert.equal(start.stack, "prod");
    const whose = {
      owner: "desk",
      exchange: "bybit",
      account: "main",
      subAccount: "master",
      name: "treasury",
      bot: "treasury-1",
    };
    const key = (await parent("bybit", "apiKey")).trim().slice(-4);
    assert.deepEqual({ ...seal, ...whose, act: "seal", serial: 1, at: `local://${folder}/sealing.key` }, seal);
    assert.deepEqual({ ...published, ...whose, act: "publish", serial: 1, key, at: publish }, published);
  });

  it("seals nothing that it cannot write down", async () => {
    const journal = join(folder, "in-the-way");
    await writeFile(journal, "");
    const publish = `file://${folder}/unwritten.json`;
    const stdin = `${await parent("bybit", "apiKey")}\n${await parent("bybit", "secret")}\n`;
    const { code, err } = await adopt(options("bybit", { scopes: "read,transfer", publish, journal }), stdin);
    assert.equal(code, 1);
    assert.match(err, /JournalFailed: the journal in .*in-the-way cannot be written/);
    assert.ok(!existsSync(join(folder, "unwritten.json")));
  });

  it("publishes nothing when the key is another one than was said", async () => {
    const args = options("bybit", { scopes: "read,withdraw", publish: `file://${folder}/none.json` });
    const stdin = `${await parent("bybit", "apiKey")}\n${await parent("bybit", "secret")}\n`;
    const { code, out, err } = await adopt(args, stdin);
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, /VerificationFailed: the key is not what it is said to be: scopes \+transfer -withdraw/);
    assert.ok(!existsSync(join(folder, "none.json")));
  });

  it("does not sign where that could get the key revoked, nor read what it would not use", async () => {
    await sandbox.control.clearRequests();
    const { code, err } = await adopt(options("bybit", { scopes: "read,transfer", ip: "52.1.2.3" }), "unread\n");
    assert.equal(code, 1);
    assert.match(err, /not known to call from an address of the whitelist/);
    assert.deepEqual(await sandbox.control.requests(), []);
  });

  it("names every option that is wrong, before anything is read", async () => {
    const { code, err } = await adopt(options("bybit", { scopes: "spot,withdraw", ip: "10.0.0.1", publish: "ftp://x" }), "");
    assert.equal(code, 2);
    for (const option of ["--scopes trade and withdraw", "--ip is a private address", "--publish is no place"]) {
      assert.ok(err.includes(option), err);
    }
  });

  it("seals a key of production by a key file only where a reason is given", async () => {
    // Two mistakes, so that nothing is read and nothing is reached.
    const wrong = { environment: "production", scopes: "read", ip: "52.1.2.3", publish: "ftp://x" };
    const refused = await adopt(options("bybit", wrong), "");
    assert.equal(refused.code, 2);
    assert.match(refused.err, /--seal is a key file, and this is production/);
    const accepted = await adopt(options("bybit", { ...wrong, "accept-local-sealing": "a laptop of the owner" }), "");
    assert.equal(accepted.code, 2);
    assert.doesNotMatch(accepted.err, /--seal/);
    assert.match(accepted.err, /--publish is no place/);
    const short = await adopt(options("bybit", { ...wrong, "accept-local-sealing": "because" }), "");
    assert.match(short.err, /at least 10 characters/);
  });

  it("quotes a scope that it does not know", async () => {
    const { code, err } = await adopt(options("bybit", { scopes: "read,wtihdraw" }), "");
    assert.equal(code, 2);
    assert.match(err, /--scopes must be one of read, .*withdraw, and "wtihdraw" is none of them/);
  });

  it("takes no secret from the command line", async () => {
    const { code, err } = await adopt([...options("bybit", { scopes: "read" }), "--secret=abc"], "");
    assert.equal(code, 2);
    assert.match(err, /unknown option/);
  });
});
