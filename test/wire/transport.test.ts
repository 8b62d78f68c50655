import assert from "node:assert/strict";
import { KeyError } from "../../providers/src/core/errors";
import {
  answersOf,
  anyWith,
  ask,
  exchangesOf,
  type GoldenCall,
  type GoldenTime,
  type OpenOptions,
  openGolden,
  readGolden,
} from "./golden";
import { type LoopbackServer, type Reply, startServer } from "./loopback-server";

/** Any of them will do: the wire under test is the same for all. */
const id = anyWith("list", "issue");
const time = readGolden<GoldenTime>(id, "time");
const timeReply: Reply = { body: JSON.stringify(time.answer) };

async function failure(
  server: Pick<LoopbackServer, "origin" | "ca">,
  call: string,
  options?: Partial<OpenOptions>,
): Promise<KeyError> {
  const { adapter } = await openGolden(id, server, { now: () => time.now, ...options });
  const thrown = await ask(adapter, readGolden<GoldenCall>(id, call)).then(
    () => assert.fail("it succeeded"),
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof KeyError);
  assert.doesNotMatch(thrown.message, /127\.0\.0\.1|https|not-real/);
  return thrown;
}

describe("transport", () => {
  const servers: LoopbackServer[] = [];
  const serve = async (...args: Parameters<typeof startServer>): Promise<LoopbackServer> => {
    const server = await startServer(...args);
    servers.push(server);
    return server;
  };
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

  it("refuses a server that stops at TLS 1.2, and names it", async () => {
    const server = await serve(() => timeReply, { maxVersion: "TLSv1.2" });
    const error = await failure(server, "issue");
    assert.equal(error.kind, "TlsRefused");
    assert.match(error.message, /TLS 1\.3/);
    assert.equal(server.requests.length, 0);
  });

  it("refuses a certificate nobody vouches for", async () => {
    const server = await serve(() => timeReply);
    const error = await failure({ origin: server.origin, ca: "" }, "list");
    assert.equal(error.kind, "TlsRefused");
    assert.match(error.message, /certificate/);
    assert.equal(server.requests.length, 0);
  });

  it("refuses a certificate of another name", async () => {
    const server = await serve(() => timeReply);
    const error = await failure({ ...server, origin: server.origin.replace("127.0.0.1", "localhost") }, "list");
    assert.equal(error.kind, "TlsRefused");
    assert.match(error.code ?? "", /ALTNAME/);
    assert.equal(server.requests.length, 0);
  });

  it("says that nothing was done when nobody listens", async () => {
    const server = await serve(() => timeReply);
    await server.close();
    assert.equal((await failure(server, "issue")).kind, "Unavailable");
  });

  for (const lost of ["reset", "cut"] as const) {
    it(`takes a lost answer (${lost}) for an unknown outcome of an issue, and asks once`, async () => {
      const server = await serve(({ path }) => (path === time.path ? timeReply : lost));
      assert.equal((await failure(server, "issue")).kind, "OutcomeUnknown");
      assert.equal(server.requests.length, 2);
    });

    it(`asks again after a lost answer (${lost}) to a read, three times in all`, async () => {
      const server = await serve(({ path }) => (path === time.path ? timeReply : lost));
      assert.equal((await failure(server, "list")).kind, "Unavailable");
      assert.equal(server.requests.length, 4);
    });
  }

  it("takes a lost answer about the time for a request that was never sent", async () => {
    const server = await serve(() => "reset");
    assert.equal((await failure(server, "issue")).kind, "Unavailable");
    assert.ok(server.requests.every((request) => request.path === time.path));
  });

  it("gives up at the deadline: unknown for an issue", async () => {
    const expired = new AbortController();
    const server = await serve(({ path }) => {
      if (path === time.path) return timeReply;
      expired.abort(new DOMException("late", "TimeoutError"));
      return "hang";
    });
    const error = await failure(server, "issue", { deadline: () => expired.signal });
    assert.equal(error.kind, "OutcomeUnknown");
    assert.match(error.message, /in time/);
  });

  it("succeeds when a later try is answered", async () => {
    let asked = 0;
    const golden = readGolden<GoldenCall>(id, "list");
    const answer = answersOf(golden);
    const server = await serve(({ path }) => {
      if (path === time.path) return timeReply;
      asked += 1;
      return asked < 3 ? "reset" : answer();
    });
    const { adapter } = await openGolden(id, server, { now: () => time.now });
    assert.deepEqual(await ask(adapter, golden), golden.expect);
  });

  it("sends the headers of a shared test network with every request", async () => {
    const golden = readGolden<GoldenCall>(id, "list");
    const answer = answersOf(golden);
    const server = await serve(({ path }) => (path === time.path ? timeReply : answer()));
    const { adapter } = await openGolden(id, server, { now: () => time.now, headers: { "x-test-network": "1" } });
    await ask(adapter, golden);
    assert.deepEqual(
      server.requests.map((request) => request.headers["x-test-network"]),
      ["1", ...exchangesOf(golden).map(() => "1")],
    );
  });
});
