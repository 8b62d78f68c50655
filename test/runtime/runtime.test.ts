import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isKind } from "../../providers/src/core/errors";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import { namedSandboxFile, refuseOverrides } from "../../providers/src/runtime/environment";
import type { Started } from "../../providers/src/runtime/exposures";
import { readRuntime } from "../../providers/src/runtime/runtime";

/** Any with a test network will do. */
const descriptor = DESCRIPTORS.find(({ hosts }) => hosts.testnet.global !== undefined);

const started = (env: NodeJS.ProcessEnv, execArgv: readonly string[] = []): Started => ({ env, execArgv });

describe("runtime", () => {
  describe("environment variables", () => {
    const refused = [
      "EXCHANGE_KEYS_SANDBOX",
      "AWS_ENDPOINT_URL",
      "AWS_ENDPOINT_URL_KMS",
      "aws_endpoint_url_s3",
      "HTTP_PROXY",
      "https_proxy",
      "Https_Proxy",
      "ALL_PROXY",
      "all_proxy",
      "NODE_TLS_REJECT_UNAUTHORIZED",
      "NODE_EXTRA_CA_CERTS",
      "NODE_USE_SYSTEM_CA",
      "NODE_USE_ENV_PROXY",
      "SSL_CERT_FILE",
      "ssl_cert_dir",
      "SSLKEYLOGFILE",
      "OPENSSL_CONF",
      "OPENSSL_MODULES",
      "NODE_DEBUG_NATIVE",
    ];
    const allowed = ["NO_PROXY", "MY_HTTP_PROXY", "AWS_REGION", "PATH", "NODE_OPTIONS", "NODE_DEBUG", "MY_SSL_CERT_FILE"];

    for (const environment of ["testnet", "production"] as const) {
      for (const name of refused) {
        it(`${environment} refuses ${name}, by name and not by value`, () => {
          const act = (): void => refuseOverrides(environment, started({ PATH: "/bin", [name]: "value-of-it" }));
          assert.throws(act, (error) => isKind(error, "EnvironmentRefused") && error.message.includes(`${name} is set`));
          assert.throws(act, (error) => error instanceof Error && !error.message.includes("value-of-it"));
          assert.throws(
            () => readRuntime(environment, { [name]: "x" }),
            (error) => isKind(error, "EnvironmentRefused"),
          );
          refuseOverrides(environment, started({ [name]: "" }));
        });
      }
      it(`${environment} takes ${allowed.join(", ")}`, () => {
        refuseOverrides(environment, started(Object.fromEntries(allowed.map((name) => [name, "x"]))));
      });
    }

    it("production gives no host of an exchange of which operations are not written yet", () => {
      assert.ok(descriptor !== undefined);
      const list = { can: "not yet", source: "here", date: "2026-01-01" } as const;
      const unfinished = { ...descriptor, operations: { ...descriptor.operations, list } };
      assert.throws(
        () => readRuntime("production", {}).endpointOf(unfinished),
        (error) => isKind(error, "NotSupported") && /list yet/.test(error.message),
      );
      assert.match(readRuntime("testnet", {}).endpointOf(unfinished), /^https:/);
      assert.match(readRuntime("production", {}).endpointOf(descriptor), /^https:/);
    });

    it("the sandbox must be named", () => {
      assert.equal(namedSandboxFile({ EXCHANGE_KEYS_SANDBOX: "/run/sandbox.json" }), "/run/sandbox.json");
      for (const env of [{}, { EXCHANGE_KEYS_SANDBOX: "" }]) {
        assert.throws(
          () => namedSandboxFile(env),
          (error) => isKind(error, "EnvironmentRefused") && error.message.includes("npm run sandbox"),
        );
      }
    });
  });

  describe("real environments", () => {
    it("are refused where the exchange has none", () => {
      assert.ok(descriptor);
      const without = { ...descriptor, hosts: { ...descriptor.hosts, testnet: {} } };
      assert.throws(() => readRuntime("testnet", {}).endpointOf(without), /InvalidInput.*has no such environment/);
    });

    it("reach the descriptor's hosts and nothing else", () => {
      assert.ok(descriptor);
      for (const environment of ["testnet", "production"] as const) {
        const runtime = readRuntime(environment, {});
        assert.equal(runtime.endpointOf(descriptor), `https://${descriptor.hosts[environment].global}`);
        for (const site of ["constructor", "nowhere", ""]) {
          assert.throws(
            () => runtime.endpointOf(descriptor, site),
            (error) => isKind(error, "InvalidInput"),
          );
        }
        assert.equal(runtime.ca, undefined);
        assert.equal(runtime.rateScale, 1);
        const before = Date.now();
        const now = runtime.clock.now().getTime();
        assert.ok(before <= now && now <= Date.now());
      }
    });
  });

  describe("sandbox", () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "runtime-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    const write = (name: string, value: unknown): string => {
      const path = join(folder, name);
      writeFileSync(path, typeof value === "string" ? value : JSON.stringify(value), { mode: 0o600 });
      return path;
    };
    const sandbox = (change: Record<string, unknown> = {}): string =>
      write("sandbox.json", {
        pid: 1,
        control: "http://127.0.0.1:1",
        ca: write("ca.pem", "PEM"),
        clock: write("clock.json", { offsetMs: 0 }),
        endpoints: { [descriptor?.id ?? ""]: "https://127.0.0.1:4711" },
        ...change,
      });
    const open = (change?: Record<string, unknown>) => readRuntime("sandbox", { EXCHANGE_KEYS_SANDBOX: sandbox(change) });
    const refuses = (act: () => unknown): void => assert.throws(act, (error) => isKind(error, "EnvironmentRefused"));

    it("gives endpoints, certificate authority, pace and a clock that moves", () => {
      assert.ok(descriptor);
      const runtime = open({ rateScale: 20 });
      assert.equal(runtime.endpointOf(descriptor), "https://127.0.0.1:4711");
      assert.deepEqual([runtime.ca, runtime.rateScale, runtime.environment], ["PEM", 20, "sandbox"]);
      const days30 = 30 * 86_400_000;
      write("clock.json", { offsetMs: days30 });
      const before = Date.now();
      const now = runtime.clock.now().getTime() - days30;
      assert.ok(before <= now && now <= Date.now());
      refuses(() => runtime.endpointOf({ ...descriptor, id: "another" }));
      refuses(() => runtime.endpointOf({ ...descriptor, id: "constructor" }));
    });

    for (const endpoint of [
      "https://203.0.113.7:443",
      "https://localhost:4711",
      "https://127.0.0.1.example.com",
      "https://127.0.0.1:1/path",
      "https://user@127.0.0.1:1",
      "ftp://127.0.0.1",
      "127.0.0.1:4711",
      "https://0.0.0.0:4711",
      "https://[::ffff:203.0.113.7]:1",
      "http://127.0.0.1:4711",
      "",
    ]) {
      it(`refuses the endpoint "${endpoint}"`, () => refuses(() => open({ endpoints: { x: endpoint } })));
    }
    for (const endpoint of ["https://127.8.9.10:4711", "https://[::1]:4711"]) {
      it(`takes the endpoint "${endpoint}"`, () => void open({ endpoints: { x: endpoint } }));
    }

    it("refuses a file that is missing, not JSON, or not a sandbox's", () => {
      refuses(() => readRuntime("sandbox", { EXCHANGE_KEYS_SANDBOX: join(folder, "missing.json") }));
      refuses(() => readRuntime("sandbox", { EXCHANGE_KEYS_SANDBOX: write("text.json", "not json") }));
      refuses(() => open({ pid: "one" }));
      refuses(() => open({ rateScale: 0 }));
      refuses(() => open({ ca: join(folder, "missing.pem") }));
    });

    for (const [name, forbidden, taken] of [
      ["sandbox.json", [0o640, 0o604, 0o620, 0o602, 0o666], [0o600, 0o400]],
      ["ca.pem", [0o620, 0o602, 0o666], [0o600, 0o644]],
      ["clock.json", [0o660, 0o606], [0o600, 0o644]],
    ] as const) {
      it(`refuses ${name} that other users may ${name === "sandbox.json" ? "read or write" : "write"}, with the remedy`, () => {
        const file = sandbox();
        const ask = (): unknown => readRuntime("sandbox", { EXCHANGE_KEYS_SANDBOX: file }).clock.now();
        for (const mode of forbidden) {
          chmodSync(join(folder, name), mode);
          assert.throws(ask, (error) => isKind(error, "EnvironmentRefused") && /open to other users: chmod/.test(error.message));
        }
        for (const mode of taken) {
          chmodSync(join(folder, name), mode);
          ask();
        }
      });

      it(`refuses ${name} of another user`, function () {
        // Only root may give a file away.
        if (process.getuid?.() !== 0) this.skip();
        const file = sandbox();
        chownSync(join(folder, name), 12345, 12345);
        const ask = (): unknown => readRuntime("sandbox", { EXCHANGE_KEYS_SANDBOX: file }).clock.now();
        assert.throws(ask, (error) => isKind(error, "EnvironmentRefused") && error.message.includes("belongs to another user"));
      });
    }

    it("refuses what is no file, without waiting for it", () => {
      const pipe = join(folder, "pipe");
      execFileSync("mkfifo", ["-m", "600", pipe]);
      for (const path of [pipe, folder]) {
        assert.throws(
          () => readRuntime("sandbox", { EXCHANGE_KEYS_SANDBOX: path }),
          (error) => isKind(error, "EnvironmentRefused") && error.message.includes("is not a regular file"),
        );
      }
    });

    it("refuses to tell the time from a broken clock", () => {
      const runtime = open();
      write("clock.json", { offsetMs: "soon" });
      refuses(() => runtime.clock.now());
    });
  });
});
