import assert from "node:assert/strict";
import { KeyError } from "../../providers/src/core/errors";
import { OPERATIONS } from "../../providers/src/core/words";
import { descriptorOf } from "../../providers/src/exchanges/registry";
import {
  answersOf,
  ask,
  assertSent,
  describeGolden,
  exchangesOf,
  type GoldenCall,
  type GoldenError,
  type GoldenTime,
  goldenCalls,
  goldenSignatures,
  openGolden,
  readGolden,
  readingCall,
} from "./golden";
import { type GoldenSignature, signedBy } from "./golden-signature";
import { type LoopbackServer, type Reply, startServer } from "./loopback-server";

describeGolden(
  (id) => `golden wire: ${id}`,
  (id) => {
    const time = readGolden<GoldenTime>(id, "time");
    let reply: () => Reply;
    let server: LoopbackServer;

    before(async () => {
      server = await startServer(({ path }) => (path === time.path ? { body: JSON.stringify(time.answer) } : reply()));
    });
    after(() => server.close());
    beforeEach(() => {
      server.requests.length = 0;
    });

    for (const signature of goldenSignatures(id)) {
      for (const name of goldenCalls(id)) {
        it(`${name} goes and comes as documented, by ${signature}`, async () => {
          const golden = readGolden<GoldenCall>(id, name);
          reply = answersOf(golden);
          const { adapter } = await openGolden(id, server, { now: () => time.now, signature });
          const result = await ask(adapter, golden);

          const [asked, ...sent] = server.requests;
          assert.equal(asked?.path, time.path);
          const exchanges = exchangesOf(golden);
          assert.equal(sent.length, exchanges.length, "requests beside the time");
          const rule = readGolden<GoldenSignature>(id, signature);
          for (const [index, request] of sent.entries()) {
            const { request: expected } = exchanges[index] ?? assert.fail();
            assertSent(request, expected, signedBy(rule, request, time.now));
          }
          assert.deepEqual(result ?? null, golden.expect);
        });
      }
    }

    it("every call that the exchange has is shown", () => {
      const shown = new Set(goldenCalls(id).map((name) => readGolden<GoldenCall>(id, name).operation));
      const { operations, subAccounts } = descriptorOf(id);
      const claimed = OPERATIONS.filter((operation) => operations[operation].can === "yes");
      const enabling = subAccounts?.products === undefined ? [] : ["enableSubAccount"];
      const further = subAccounts === undefined ? [] : ["listSubAccounts", "createSubAccount", ...enabling];
      assert.deepEqual([...shown].sort(), [...claimed, ...further].sort());
    });

    it("every code of the descriptor has a golden error", () => {
      const shown = new Set(readGolden<GoldenError[]>(id, "errors").map((error) => error.code));
      const missing = Object.keys(descriptorOf(id).errors.value).filter((code) => !shown.has(code));
      assert.deepEqual(missing, []);
    });

    it("a refusal that comes with HTTP 200, and a code that nobody knows, are among the golden errors", () => {
      const { envelope, errors } = descriptorOf(id);
      const known = Object.keys(errors.value);
      const shown = readGolden<GoldenError[]>(id, "errors").filter(({ code }) => code !== "" && !code.startsWith("HTTP "));
      const softly = shown.filter(({ status, code, kind }) => status === 200 && known.includes(code) && kind !== "BadResponse");
      assert.notEqual(softly.length, 0, `no refusal is shown as ${envelope.code} of an answer with HTTP 200`);
      const unknown = shown.filter(({ code }) => !known.includes(code));
      assert.ok(
        unknown.length > 0 && unknown.every(({ kind }) => kind === "BadResponse"),
        "no unknown code is shown, or not as such",
      );
    });

    for (const error of readGolden<GoldenError[]>(id, "errors")) {
      const body = typeof error.body === "string" ? error.body : JSON.stringify(error.body);
      const title = `HTTP ${error.status}, ${error.code === "" ? "no code" : error.code}`;
      for (const call of [readingCall(id), "issue"].filter((name) => goldenCalls(id).includes(name))) {
        const unsafe = call === "issue";
        const kind = unsafe ? (error.kindWhenUnsafe ?? error.kind) : error.kind;
        it(`${title}: ${call} is ${kind}`, async () => {
          reply = () => ({ status: error.status, body, ...(error.headers === undefined ? {} : { headers: error.headers }) });
          const { adapter } = await openGolden(id, server, { now: () => time.now });
          const golden = readGolden<GoldenCall>(id, call);
          const failed = await ask(adapter, golden).then(
            () => assert.fail("it succeeded"),
            (thrown: unknown) => thrown,
          );
          assert.ok(failed instanceof KeyError);
          assert.equal(failed.kind, kind);
          assert.equal(failed.code ?? "", error.code);
          assert.equal(failed.exchange, id);
          assert.equal(failed.operation, golden.operation);
          assert.doesNotMatch(failed.message, /never be shown|<html>|not-real|127\.0\.0\.1|\?/);
          const sent = server.requests.filter((request) => request.path !== time.path).length;
          const again = kind === "ClockSkew" ? 2 : 1;
          // A refusal for the pace was not carried out, whatever was asked.
          const repeated = kind === "RateLimited" || (!unsafe && kind === "Unavailable");
          assert.equal(sent, repeated ? 3 : again);
        });
      }
    }
  },
);
