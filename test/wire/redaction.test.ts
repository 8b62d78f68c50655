import assert from "node:assert/strict";
import { spellingsOf } from "../../harness/leak-search";
import { Secret } from "../../providers/src/core/secret";
import { descriptorOf, loadAdapter } from "../../providers/src/exchanges/registry";
import { Breaker } from "../../providers/src/wire/breaker";
import { type Credentials, openClient } from "../../providers/src/wire/ccxt";
import { Limiter } from "../../providers/src/wire/limiter";
import { createTransport } from "../../providers/src/wire/transport";
import { createWire } from "../../providers/src/wire/wire";
import { answersOf, ask, type GoldenCall, type GoldenTime, goldenCalls, goldenIds, readGolden, readingCall } from "./golden";
import { credentialOf, type GoldenSignature } from "./golden-signature";
import { instantTimer } from "./instant-timer";
import { type LoopbackServer, startServer } from "./loopback-server";

/** Paths under `value` at which a text or buffer holds `needle`. Every own property counts, enumerable or not. */
function findText(value: unknown, needle: string): readonly string[] {
  const seen = new Set<unknown>();
  const walk = (inner: unknown, path: string): readonly string[] => {
    if (typeof inner === "string") return inner.includes(needle) ? [path] : [];
    if ((typeof inner !== "object" && typeof inner !== "function") || inner === null || seen.has(inner)) return [];
    seen.add(inner);
    if (ArrayBuffer.isView(inner)) {
      return Buffer.from(inner.buffer, inner.byteOffset, inner.byteLength).includes(needle) ? [path] : [];
    }
    const entries = inner instanceof Map ? [...inner].flat() : inner instanceof Set ? [...inner] : [];
    const own = Reflect.ownKeys(inner).map((key) => [String(key), Object.getOwnPropertyDescriptor(inner, key)?.value] as const);
    const inside = [...own, ...entries.map((entry, index) => [`<${index}>`, entry] as const)];
    return inside.flatMap(([key, next]) => walk(next, `${path}.${key}`));
  };
  return walk(value, "");
}

for (const id of goldenIds()) {
  describe(`what is left of a secret: ${id}`, () => {
    const time = readGolden<GoldenTime>(id, "time");
    const issues = goldenCalls(id).includes("issue");
    const golden = readGolden<GoldenCall>(id, issues ? "issue" : readingCall(id));
    const { secret: issued, passphrase } = golden.expect as { readonly secret?: string; readonly passphrase?: string };
    const credential = credentialOf(readGolden<GoldenSignature>(id, "signature"));
    let server: LoopbackServer;
    before(async () => {
      const answer = answersOf(golden);
      server = await startServer(({ path }) => (path === time.path ? { body: JSON.stringify(time.answer) } : answer()));
    });
    after(() => server.close());

    it("nothing in the client after a call, but the parent's own", async () => {
      const descriptor = descriptorOf(id);
      const credentials: Credentials = Object.fromEntries(
        descriptor.credentials.map((field) => [field, new Secret(credential[field])]),
      );
      let exchange: unknown;
      // ccxt asks for the time as a method of its exchange object: the one way to get hold of it from outside.
      const now = function (this: unknown): number {
        if (this !== undefined && Object.hasOwn(Object(this), "urls")) exchange = this;
        return time.now;
      };
      const transport = createTransport(server);
      const { origin } = server;
      const client = await openClient({ descriptor, origin, headers: {}, transport, now, credentials });
      const timer = instantTimer();
      const wire = createWire({ exchange: id, client, limiter: new Limiter({}, 1, timer), breaker: new Breaker(), timer, now });
      assert.deepEqual(await ask((await loadAdapter(id))(wire), golden), golden.expect);

      assert.ok(findText(exchange, credential.secret).includes(".secret"), "the walk finds what is there");
      assert.equal(issued !== undefined, issues);
      for (const secret of [issued, passphrase, "xkabcdefghij0001mm"].filter((text) => text !== undefined)) {
        for (const spelling of spellingsOf(secret)) assert.deepEqual(findText(exchange, spelling), []);
      }
      const allowed = [".apiKey", ".secret", ".password"];
      const own = Object.values(credential).flatMap((value) => spellingsOf(value).flatMap((text) => findText(exchange, text)));
      assert.deepEqual(
        own.filter((path) => !allowed.includes(path)),
        [],
      );
    });
  });
}
