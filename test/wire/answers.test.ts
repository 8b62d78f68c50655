import assert from "node:assert/strict";
import { brotliCompressSync, deflateRawSync, deflateSync, gunzipSync, gzipSync } from "node:zlib";
import { isKind, KeyError } from "../../providers/src/core/errors";
import { decoded } from "../../providers/src/wire/answer-body";
import { Refused } from "../../providers/src/wire/refused";
import { createTransport } from "../../providers/src/wire/transport";
import { answersOf, anyWith, ask, type GoldenCall, type GoldenTime, openGolden, readGolden } from "./golden";
import { type LoopbackServer, type Reply, startServer } from "./loopback-server";

/** Any of them will do: the transport under test is the same for all. */
const id = anyWith("list", "issue");
const time = readGolden<GoldenTime>(id, "time");
const MB = 1024 * 1024;

/** Processor time of this process so far, in microseconds: a busy machine does not change it. */
function workDone(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

type Encode = (bytes: Buffer) => Buffer;
const ENCODINGS: Readonly<Record<string, Encode>> = {
  gzip: (bytes) => gzipSync(bytes),
  "x-gzip": (bytes) => gzipSync(bytes),
  deflate: (bytes) => deflateSync(bytes),
  "deflate without its frame": (bytes) => deflateRawSync(bytes),
  br: (bytes) => brotliCompressSync(bytes),
  "gzip, gzip": (bytes) => gzipSync(gzipSync(bytes)),
  "br, gzip": (bytes) => gzipSync(brotliCompressSync(bytes)),
  identity: (bytes) => bytes,
};

const headerOf = (name: string): string => name.replace(" without its frame", "");

describe("answers", () => {
  const servers: LoopbackServer[] = [];
  const serve = async (...args: Parameters<typeof startServer>): Promise<LoopbackServer> => {
    const server = await startServer(...args);
    servers.push(server);
    return server;
  };
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())));

  const fetched = async (reply: Reply, deadline?: () => AbortSignal): Promise<string> => {
    const { origin, ca } = await serve(() => reply);
    const transport = createTransport({ origin, ca, ...(deadline === undefined ? {} : { deadline }) });
    return await (await transport(`${origin}/`, { method: "GET" })).text();
  };
  const refused = async (reply: Reply, deadline?: () => AbortSignal): Promise<Refused["facts"]> => {
    try {
      await fetched(reply, deadline);
    } catch (error) {
      assert.ok(error instanceof Refused, String(error));
      return error.facts;
    }
    return assert.fail("it succeeded");
  };

  for (const [name, encode] of Object.entries(ENCODINGS)) {
    const reply = (text: string): Reply => ({ headers: { "content-encoding": headerOf(name) }, body: encode(Buffer.from(text)) });

    it(`reads ${name} of just 4 MB`, async () => {
      assert.equal((await fetched(reply("x".repeat(4 * MB)))).length, 4 * MB);
    });

    it(`refuses ${name} of one byte more, and for an unsafe request as of unknown outcome`, async () => {
      const facts = await refused(reply("x".repeat(4 * MB + 1)));
      assert.deepEqual([facts.kind, facts.uncertain], ["BadResponse", true]);
    });
  }

  it("refuses 400 MB in a few bytes, also where only the outer of two layers holds them", async () => {
    const zeros = Buffer.alloc(400 * MB);
    const bomb = gzipSync(zeros);
    // Whoever looks at the end only sees nothing: this many empty members decode to no byte at all.
    const empty = gzipSync(Buffer.alloc(0));
    const nothing = gzipSync(Buffer.concat(Array.from({ length: (10 * MB) / empty.length }, () => empty)));
    const bodies = [
      ["gzip", bomb],
      ["gzip, gzip", gzipSync(bomb)],
      ["br", brotliCompressSync(zeros.subarray(0, 50 * MB))],
      ["gzip, gzip", nothing],
    ] as const;
    const before = workDone();
    gunzipSync(bomb);
    const whole = workDone() - before;
    const begun = workDone();
    for (const [encoding, body] of bodies)
      assert.equal((await refused({ headers: { "content-encoding": encoding }, body })).kind, "BadResponse");
    assert.ok(workDone() - begun < whole, "the limit comes first, and not the end");
  }).timeout(60_000);

  for (const encoding of ["zstd", "gzip, gzip, gzip"]) {
    it(`refuses the encoding ${encoding}`, async () => {
      const facts = await refused({ headers: { "content-encoding": encoding }, body: gzipSync(gzipSync(gzipSync("{}"))) });
      assert.deepEqual([facts.kind, facts.uncertain], ["BadResponse", true]);
    });
  }

  it("refuses what is not what its header says", async () => {
    for (const encoding of ["gzip", "deflate", "br"]) {
      const facts = await refused({ headers: { "content-encoding": encoding }, body: Buffer.alloc(64, 0xff) });
      assert.deepEqual([facts.kind, facts.uncertain], ["BadResponse", true]);
    }
  });

  it("ends at the deadline while it decodes", async () => {
    const expiring = new AbortController();
    const bytes = brotliCompressSync(Buffer.alloc(3 * MB));
    const reading = decoded(bytes, { "content-encoding": "br" }, { limit: 4 * MB, signal: expiring.signal });
    expiring.abort(new DOMException("late", "TimeoutError"));
    await assert.rejects(reading, { name: "TimeoutError" });
    const late = AbortSignal.abort(new DOMException("late", "TimeoutError"));
    await assert.rejects(decoded(Buffer.from("{}"), {}, { limit: 10, signal: late }), { name: "TimeoutError" });
  });

  it("gives up on an answer whose bytes never end", async () => {
    const facts = await refused("cut");
    assert.deepEqual([facts.kind, facts.uncertain], ["Unavailable", true]);
  });

  for (const status of [301, 302, 303, 307, 308]) {
    it(`takes ${status} for an answer, and follows it nowhere`, async () => {
      const elsewhere = await serve(() => ({ body: "{}" }));
      const server = await serve(({ path }) =>
        path === time.path
          ? { body: JSON.stringify(time.answer) }
          : { status, headers: { location: `${elsewhere.origin}/elsewhere` }, body: "" },
      );
      const { adapter } = await openGolden(id, server, { now: () => time.now });
      await assert.rejects(ask(adapter, readGolden<GoldenCall>(id, "issue")), (error) => error instanceof KeyError);
      assert.equal(elsewhere.requests.length, 0);
      assert.equal(server.requests.filter(({ path }) => path !== time.path).length, 1);
      const transport = createTransport({ ...server });
      assert.equal((await transport(`${server.origin}/x`, { method: "POST", body: "{}" })).status, status);
    });
  }

  it("reads a golden answer in every encoding", async () => {
    const golden = readGolden<GoldenCall>(id, "list");
    for (const [name, encode] of Object.entries(ENCODINGS)) {
      const answer = answersOf(golden);
      const server = await serve(({ path }) => {
        const reply = path === time.path ? { body: JSON.stringify(time.answer) } : answer();
        if (typeof reply === "string") return reply;
        return { ...reply, headers: { "content-encoding": headerOf(name) }, body: encode(Buffer.from(reply.body)) };
      });
      const { adapter } = await openGolden(id, server, { now: () => time.now });
      assert.deepEqual(await ask(adapter, golden), golden.expect);
    }
  });

  it("sends nothing an unsafe request could be repeated by after an answer that cannot be read", async () => {
    const server = await serve(({ path }) =>
      path === time.path ? { body: JSON.stringify(time.answer) } : { headers: { "content-encoding": "gzip" }, body: "no gzip" },
    );
    const { adapter } = await openGolden(id, server, { now: () => time.now });
    await assert.rejects(ask(adapter, readGolden<GoldenCall>(id, "issue")), (error) => isKind(error, "OutcomeUnknown"));
    assert.equal(server.requests.filter(({ path }) => path !== time.path).length, 1);
  });
});
