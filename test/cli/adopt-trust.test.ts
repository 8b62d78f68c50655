import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type StartedSandbox, startSandbox } from "../../sandbox/start";
import { startServer } from "../wire/loopback-server";
import { runMain } from "./process";
import type { Said } from "./terminal";

const REGION = "eu-west-1";

describe("exchange-keys adopt, with a private root,", function () {
  // Each run is a process that loads TypeScript.
  this.timeout(300_000);
  let folder: string;
  let sandbox: StartedSandbox;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "exchange-keys-trust-"));
    sandbox = await startSandbox({ dir: join(folder, "sandbox") });
  });
  after(async () => {
    await sandbox.stop();
    await rm(folder, { recursive: true });
  });

  const parent = async (field: string): Promise<string> =>
    await readFile(join(folder, "sandbox", "parents", `bybit.${field}`), "utf8");

  function options(changes: Readonly<Record<string, string>>): readonly string[] {
    const all = {
      environment: "sandbox",
      owner: "desk",
      exchange: "bybit",
      account: "main",
      name: "treasury",
      bot: "treasury-1",
      seal: `local://${folder}/sealing.key`,
      journal: join(folder, "journal"),
      ip: "127.0.0.1",
      ...changes,
    };
    return Object.entries(all).map(([name, value]) => `--${name}=${value}`);
  }

  it("trusts an AWS endpoint by the private root that it is given, and by no other", async () => {
    const sealed = { CiphertextBlob: Buffer.alloc(200).toString("base64"), KeyId: "k" };
    const server = await startServer(() => ({ body: JSON.stringify(sealed) }));
    try {
      const root = join(folder, "root.pem");
      await writeFile(root, server.ca);
      await chmod(root, 0o644);
      const aws = { AWS_ENDPOINT_URL: server.origin, AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "a" };
      const variables = { EXCHANGE_KEYS_SANDBOX: join(folder, "sandbox", "sandbox.json"), ...aws };
      const seal = `awskms://alias/bots?region=${REGION}`;
      const publish = `file://${folder}/trusted.json`;
      const stdin = `${await parent("apiKey")}\n${await parent("secret")}\n`;
      const run = (changes: Readonly<Record<string, string>>): Promise<Said> =>
        runMain(["adopt", ...options({ scopes: "read,transfer", seal, publish, ...changes })], { stdin, variables });
      const refused = await run({});
      assert.equal(refused.code, 1);
      assert.match(refused.err, /DEPTH_ZERO_SELF_SIGNED_CERT/);
      const trusted = await run({ "trust-ca": root });
      assert.equal(trusted.code, 0, trusted.err);
    } finally {
      await server.close();
    }
  });

  it("takes for roots what is a certificate of an authority, in a file that nobody else may change", async () => {
    const pem = join(folder, "wrong.pem");
    await writeFile(pem, "no certificate\n");
    const told = async (path: string): Promise<string> => {
      const { code, err } = await runMain(["adopt", ...options({ scopes: "read", publish: "ftp://x", "trust-ca": path })]);
      assert.equal(code, 2);
      assert.match(err, /--publish is no place/);
      return err;
    };
    assert.match(await told(pem), /--trust-ca names .*wrong\.pem, which is no PEM text of a certificate/);
    await chmod(pem, 0o666);
    assert.match(await told(pem), /--trust-ca .*which may be written by everybody \(mode 666\)\. chmod go-w it/);
    assert.match(await told(join(folder, "none.pem")), /--trust-ca .*no file is there/);
  });
});
