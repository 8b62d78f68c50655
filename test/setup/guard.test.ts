import assert from "node:assert/strict";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { get } from "node:http";
import { connect, createServer } from "node:net";
import { connect as connectTls } from "node:tls";
import { request } from "undici";
import { harmless, prepare, problems } from "../house/environment";
import { isLoopback, namedHost, OutsideConnection, takeRefusedHosts } from "../house/network-guard";

// An address of the documentation range: even without the guard nobody would answer there.
const outside = "192.0.2.1";

describe("tests stay on this machine", () => {
  const attempts: Record<string, () => unknown> = {
    "net.connect(port, host)": () => connect(443, outside),
    "net.connect({host, port})": () => connect({ host: outside, port: 443 }),
    "net.connect to a name": () => connect(443, "api.exchange.example"),
    "tls.connect": () => connectTls({ host: outside, port: 443 }),
    "http.get": () => get(`http://${outside}/`),
    "dgram.send": () => createSocket("udp4").send("x", 53, outside),
  };
  for (const [name, attempt] of Object.entries(attempts)) {
    it(`${name} to the outside throws`, () => {
      assert.throws(attempt, OutsideConnection);
      assert.equal(takeRefusedHosts().length, 1);
    });
  }

  it("fetch and undici to the outside reject", async () => {
    await assert.rejects(fetch(`https://${outside}/`), (error: Error) => error.cause instanceof OutsideConnection);
    await assert.rejects(request(`https://${outside}/`), OutsideConnection);
    assert.ok(takeRefusedHosts().length >= 2);
  });

  it("lets loopback through", async () => {
    const server = createServer((socket) => socket.end("hello")).listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    assert.ok(typeof address === "object" && address !== null);
    const socket = connect(address.port, "127.0.0.1");
    const [data] = await once(socket, "data");
    assert.equal(String(data), "hello");
    server.close();
  });

  it("knows loopback from the rest", () => {
    for (const host of ["localhost", "LOCALHOST", "a.localhost", "127.0.0.1", "127.9.9.9", "::1", "[::1]", "::ffff:127.0.0.1"])
      assert.ok(isLoopback(host), host);
    for (const host of ["localhost.example", "127.0.0.1.example", "10.0.0.1", "0.0.0.0", "::", "128.0.0.1", ""])
      assert.ok(!isLoopback(host), host);
  });

  it("reads the host out of every way to call connect", () => {
    assert.equal(namedHost([443, outside]), outside);
    assert.equal(namedHost([[{ port: 443, host: outside }, null]]), outside);
    assert.equal(namedHost([{ path: "/tmp/socket" }]), undefined);
    assert.equal(namedHost([443]), undefined);
  });
});

describe("tests start only where they can harm nothing", () => {
  it("refuses endpoints elsewhere, all at once", () => {
    const env = {
      AWS_ENDPOINT_URL_KMS: "https://kms.example",
      AWS_ENDPOINT_URL: "http://127.0.0.1:5000",
      AWS_ENDPOINT: "nonsense",
    };
    assert.deepEqual(problems(env), [
      "AWS_ENDPOINT_URL_KMS points away from this machine",
      "AWS_ENDPOINT points away from this machine",
    ]);
    assert.throws(() => prepare(env), /refuse to start/);
  });

  it("replaces a real profile and an inherited sandbox by harmless values", () => {
    const env: NodeJS.ProcessEnv = {
      AWS_PROFILE: "desk",
      AWS_SESSION_TOKEN: "t",
      AWS_ACCESS_KEY_ID: "real",
      EXCHANGE_KEYS_SANDBOX: "/x",
    };
    prepare(env);
    assert.deepEqual(env, harmless);
  });
});
