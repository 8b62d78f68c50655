import assert from "node:assert/strict";
import { isKind } from "../../providers/src/core/errors";
import { Secret } from "../../providers/src/core/secret";
import { descriptorOf } from "../../providers/src/exchanges/registry";
import type { Runtime } from "../../providers/src/runtime/runtime";
import { type ExchangeAccess, openExchange } from "../../providers/src/wire/open";
import { answersOf, ask, describeGolden, exchangesOf, type GoldenCall, type GoldenTime, readGolden, readingCall } from "./golden";
import { credentialOf, type GoldenSignature } from "./golden-signature";
import { type LoopbackServer, startServer } from "./loopback-server";

function withoutAddresses(keys: unknown): unknown {
  return [keys].flat().map((key) => Object.fromEntries(Object.entries(Object(key)).filter(([name]) => name !== "ipWhitelist")));
}

describeGolden(
  (id) => `opening an exchange: ${id}`,
  (id) => {
    const { credentials } = descriptorOf(id);
    const time = readGolden<GoldenTime>(id, "time");
    const golden = readGolden<GoldenCall>(id, readingCall(id));
    // A listing is shared by all who ask for it. Where there is none, the one request of an inspection is not.
    const shared = golden.operation === "list";
    const credential = new Map(Object.entries(credentialOf(readGolden<GoldenSignature>(id, "signature"))));
    let server: LoopbackServer;
    let resolved: string[];
    let account = 0;
    beforeEach(async () => {
      const answer = answersOf(golden);
      server = await startServer(({ path }) =>
        path === time.path ? { body: JSON.stringify(time.answer) } : (shared ? answer : answersOf(golden))(),
      );
      resolved = [];
      account += 1;
    });
    afterEach(() => server.close());

    const access = (change: Partial<ExchangeAccess> = {}): ExchangeAccess => ({
      environment: "sandbox",
      exchange: id,
      account: `parent-${account}`,
      credentials: Object.fromEntries(credentials.map((field) => [field, `env:${field}`])),
      ...change,
    });
    const runtime = (change: Partial<Runtime> = {}): Runtime => ({
      environment: "sandbox",
      clock: { now: () => new Date(time.now) },
      ca: server.ca,
      rateScale: 1000,
      endpointOf: () => server.origin,
      secretOf: async (reference) => {
        resolved.push(reference);
        return new Secret(credential.get(reference.replace("env:", "")) ?? "");
      },
      ...change,
    });

    it("gives every resource of a process the same parent, and sends nothing before it is asked", async () => {
      const [one, two] = await Promise.all([openExchange(access(), runtime()), openExchange(access(), runtime())]);
      assert.equal(one, two);
      assert.equal(await openExchange(access(), runtime()), one);
      assert.equal(resolved.length, credentials.length);
      assert.equal(server.requests.length, 0);
      // Addresses that a list does not show are read for each caller anew: the other one names no key that it wants them of.
      const again = shared ? two.list(golden.input.subAccount ?? "", []) : ask(two, golden);
      const [first, second] = await Promise.all([ask(one, golden), again]);
      const listed = shared && one.complete !== undefined ? withoutAddresses(golden.expect) : golden.expect;
      assert.deepEqual([first, second], [golden.expect, listed]);
      assert.deepEqual(
        server.requests.map((request) => request.path),
        [time.path, ...[golden, ...(shared ? [] : [golden])].flatMap(exchangesOf).map(({ request }) => request.path)],
      );
    });

    it("keeps parents apart", async () => {
      const one = await openExchange(access(), runtime());
      for (const change of [{ account: "another" }, { site: "another" }]) {
        assert.notEqual(await openExchange(access(change), runtime()), one);
      }
    });

    it("does not keep a failed opening", async () => {
      const secretOf = async (): Promise<Secret> => {
        throw new Error("not mounted yet");
      };
      await assert.rejects(openExchange(access(), runtime({ secretOf })), /not mounted yet/);
      await openExchange(access(), runtime());
    });

    it("refuses what it cannot open before any request", async () => {
      const refused = async (change: Partial<ExchangeAccess>, kind: Parameters<typeof isKind>[1]): Promise<void> => {
        await assert.rejects(openExchange(access(change), runtime()), (error) => isKind(error, kind));
      };
      await refused({ exchange: "nowhere" }, "NotSupported");
      await refused({ environment: "production" }, "EnvironmentRefused");
      await refused({ credentials: {} }, "CredentialsUnavailable");
      assert.equal(server.requests.length, 0);
    });
  },
);
