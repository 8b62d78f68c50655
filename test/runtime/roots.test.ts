import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { promisify } from "node:util";
import { DynamicHost } from "../../harness/dynamic-host";
import { AwsSessions } from "../../providers/src/aws-api/session";
import { openKey } from "../../providers/src/client";
import { isKind } from "../../providers/src/core/errors";
import { isProblems, readSettings } from "../../providers/src/core/settings";
import { trustProblem } from "../../providers/src/core/trust";
import { openSealer } from "../../providers/src/seal/open-sealer";
import { CODE } from "../host/resource";
import { type LoopbackServer, startServer } from "../wire/loopback-server";

const run = promisify(execFile);

describe("roots", function () {
  this.timeout(60_000);
  let folder: string;
  let server: LoopbackServer;
  let file: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "roots-"));
    file = join(folder, "root.pem");
    server = await startServer(() => ({ body: JSON.stringify({ CiphertextBlob: "AAAA", KeyId: "k" }) }));
    await writeFile(file, server.ca);
  });
  after(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  const ways: readonly [string, NodeJS.ProcessEnv, readonly string[]][] = [
    ["NODE_EXTRA_CA_CERTS", { NODE_EXTRA_CA_CERTS: "FILE" }, []],
    ["SSL_CERT_FILE with --use-openssl-ca", { SSL_CERT_FILE: "FILE" }, ["--use-openssl-ca"]],
    ["NODE_TLS_REJECT_UNAUTHORIZED", { NODE_TLS_REJECT_UNAUTHORIZED: "0" }, []],
  ];
  for (const [name, env, options] of ways) {
    it(`are those that Node carries, whatever ${name} adds`, async () => {
      const own = Object.fromEntries(Object.entries(env).map(([key, value]) => [key, value === "FILE" ? file : value]));
      const args = [...options, "--import", "tsx", join(__dirname, "roots-child.ts"), server.origin];
      const { stdout } = await run(process.execPath, args, { env: { ...process.env, ...own } });
      const { plain, exchange, aws } = JSON.parse(stdout);
      assert.equal(plain, "trusted", "it opens what is not closed by itself");
      assert.deepEqual([exchange, aws], ["TlsRefused", "TlsRefused"]);
    });
  }

  it("of AWS are widened by trust alone, and those of exchanges by nothing", async () => {
    const env = { AWS_ENDPOINT_URL: server.origin, AWS_REGION: "eu-west-1" };
    const seal = (trust: { trust?: { ca: string } }): Promise<unknown> =>
      openSealer("awskms://alias/bots", { environment: "sandbox", env, ...trust }).seal(Buffer.from("x"), {
        owner: "desk",
        bot: "b",
        exchange: "e",
        account: "a",
        subAccount: "s",
        name: "n",
        serial: "1",
      });
    await assert.rejects(seal({}), (error) => isKind(error, "SealFailed") && error.code === "DEPTH_ZERO_SELF_SIGNED_CERT");
    const before = server.requests.length;
    await seal({ trust: { ca: server.ca } });
    assert.ok(server.requests.length > before);
  });

  it("are one session for each trust", () => {
    const sessions = new AwsSessions(async () => ({ client: { config: { region: async () => "eu-west-1" } } }));
    const place = { service: "KMS", environment: "production", env: {} } as const;
    assert.notEqual(sessions.at(place), sessions.at({ ...place, trust: { ca: server.ca } }));
    assert.equal(sessions.at({ ...place, trust: { ca: server.ca } }), sessions.at({ ...place, trust: { ca: server.ca } }));
  });

  it("declared in a stack are certificates of authorities, and nothing else", () => {
    const settings = (trust: unknown) =>
      readSettings((key) => ({ environment: "sandbox", owner: "desk", accounts: "{}", trust })[key as "owner"]);
    const taken = settings(JSON.stringify({ ca: server.ca }));
    assert.ok(!isProblems(taken));
    assert.equal(taken.trust?.ca, server.ca);
    assert.equal(trustProblem(`${server.ca}\n${rootCertificates[0]}\n`), undefined);
    const key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
    for (const [ca, reason] of [
      ["/etc/ssl/root.pem", /give the text itself/],
      [`${server.ca}${key}`, /private key/],
      [server.ca.replace(/[A-Za-z0-9]{40}/, ""), /something else/],
    ] as const) {
      const refused = settings({ ca });
      assert.ok(isProblems(refused));
      assert.deepEqual(
        refused.map(({ property }) => property),
        ["exchange-keys:trust.ca"],
      );
      assert.match(refused[0]?.reason ?? "", reason);
    }
    const other = settings({ ca: server.ca, insecure: true });
    assert.ok(isProblems(other));
  });

  it("of a bot are checked as those of a stack", async () => {
    const expect = { owner: "desk", bot: "b", exchange: "e", account: "a", subAccount: "s", name: "n" };
    const opening = openKey({ document: join(folder, "none.json"), expect, trust: { ca: "/etc/ssl/root.pem" } });
    await assert.rejects(opening, (error) => isKind(error, "InvalidInput") && error.message.includes("trust.ca"));
  });

  it("do not keep a bot from starting where only they are meant, and logs of what AWS is asked do", () => {
    const open = (env: NodeJS.ProcessEnv): unknown =>
      openSealer("awskms://alias/bots?region=eu-west-1", { environment: "production", env });
    open({ NODE_EXTRA_CA_CERTS: file, SSL_CERT_FILE: file, NODE_OPTIONS: "--use-system-ca", NODE_DEBUG: "mybot" });
    for (const env of [{ NODE_DEBUG: "http" }, { NODE_OPTIONS: "--tls-keylog=x" }, { NODE_DEBUG_NATIVE: "crypto" }]) {
      assert.throws(
        () => open(env),
        (error) => isKind(error, "EnvironmentRefused") && error.message.includes("sent to AWS"),
      );
    }
  });

  it("and logs are looked at by the provider in its real host", async () => {
    const accounts = JSON.stringify({});
    const config = {
      "exchange-keys:environment": "production",
      "exchange-keys:owner": "desk",
      "exchange-keys:accounts": accounts,
    };
    // What this machine itself may have set is taken out.
    const clean = { NODE_EXTRA_CA_CERTS: "", SSL_CERT_DIR: "" };
    const env = { ...clean, NODE_DEBUG: "http", NODE_OPTIONS: `--tls-keylog=${join(folder, "keys")}`, SSL_CERT_FILE: file };
    const host = await DynamicHost.start({ env, config });
    try {
      const { failures } = await host.check({}, { __provider: CODE });
      const [found = ""] = failures.filter((failure) => failure.startsWith("environment: "));
      assert.match(found, /SSL_CERT_FILE, --tls-keylog in NODE_OPTIONS, NODE_DEBUG=http are set.*this is production/);
    } finally {
      await host.stop();
    }
  });
});
