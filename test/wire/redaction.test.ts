import assert from "node:assert/strict";
import { spellingsOf } from "../../harness/leak-search";
import { KeyError } from "../../providers/src/core/errors";
import { Secret } from "../../providers/src/core/secret";
import { descriptorOf, loadAdapter } from "../../providers/src/exchanges/registry";
import { Breaker } from "../../providers/src/wire/breaker";
import { type Client, type Credentials, openClient } from "../../providers/src/wire/ccxt";
import { Limiter } from "../../providers/src/wire/limiter";
import { SharedListings, sharing } from "../../providers/src/wire/listing";
import { createTransport } from "../../providers/src/wire/transport";
import { createWire } from "../../providers/src/wire/wire";
import { findText } from "./find-text";
import {
  answersOf,
  ask,
  describeGolden,
  type GoldenCall,
  type GoldenError,
  type GoldenTime,
  goldenCalls,
  readGolden,
} from "./golden";
import { credentialOf, type GoldenSignature } from "./golden-signature";
import { instantTimer } from "./instant-timer";
import { type LoopbackServer, type Reply, startServer } from "./loopback-server";

const ENDINGS = ["is answered", "is refused", "is cut off", "is not answered in time"] as const;

/** Where a parent's own credential is, and has to be. */
const PARENT = ["ccxt.apiKey", "ccxt.secret", "ccxt.password", "wire.parentKey"];

/** Whatever a call hands over or gets that nobody may keep: secrets, and the label as a mark of all else. */
function handedOver({ input, expect }: GoldenCall): readonly string[] {
  const { secret, passphrase } = Object(expect) as { readonly secret?: string; readonly passphrase?: string };
  const all = [secret, passphrase, input.passphrase, input.password, input.spec?.label];
  return all.filter((text) => text !== undefined).filter((text) => text !== "");
}

/** A documented refusal that repeats what was asked, as a text and as a name. */
function refusal(id: string, texts: readonly string[]): Reply {
  const { code } = descriptorOf(id).envelope;
  const found = readGolden<readonly GoldenError[]>(id, "errors").find(({ body }) => typeof body === "object");
  const { status, body } = found ?? assert.fail("no refusal is shown");
  const said = Object.entries(Object(body)).map(([name, value]) => [name, name === code ? value : texts.join(" ")]);
  const names = texts.map((text) => [text, text]);
  return { status, body: JSON.stringify(Object.fromEntries([...said, ...names])) };
}

describeGolden(
  (id) => `what is left of a secret: ${id}`,
  (id) => {
    const time = readGolden<GoldenTime>(id, "time");
    const credential = credentialOf(readGolden<GoldenSignature>(id, "signature"));
    let reply: () => Reply;
    let server: LoopbackServer;
    let deadline = new AbortController();
    let client: Client;
    let ccxt: unknown;

    before(async () => {
      server = await startServer(({ path }) => {
        if (path === time.path) return { body: JSON.stringify(time.answer) };
        const given = reply();
        if (given === "hang") setImmediate(() => deadline.abort(new DOMException("late", "TimeoutError")));
        return given;
      });
      client = await openWatched();
    });
    after(() => server.close());

    async function openWatched(): Promise<Client> {
      const descriptor = descriptorOf(id);
      const credentials: Credentials = Object.fromEntries(
        descriptor.credentials.map((field) => [field, new Secret(credential[field])]),
      );
      // ccxt asks for the time as a method of its exchange object: the one way to get hold of it from outside.
      const now = function (this: unknown): number {
        if (this !== undefined && Object.hasOwn(Object(this), "urls")) ccxt = this;
        return time.now;
      };
      const nextDeadline = (): AbortSignal => {
        deadline = new AbortController();
        return deadline.signal;
      };
      const transport = createTransport({ ...server, deadline: nextDeadline });
      return openClient({ descriptor, origin: server.origin, headers: {}, transport, now, credentials });
    }

    /** Everything that outlives a call, and what it failed with. */
    async function leftBehind(golden: GoldenCall): Promise<Readonly<Record<string, unknown>>> {
      const timer = instantTimer();
      const [limiter, breaker] = [new Limiter({}, 1, timer), new Breaker()];
      const now = (): number => time.now;
      const wire = createWire({ exchange: id, parentKey: credential.apiKey, client, limiter, breaker, timer, now });
      const adapter = (await loadAdapter(id))(wire);
      const listings = new SharedListings((subAccount, leaves) => {
        leaves();
        return adapter.list(subAccount);
      });
      const error = await ask(sharing(adapter, listings), golden).then(
        (value) => void assert.deepEqual(value ?? null, golden.expect),
        (thrown: unknown) => thrown,
      );
      return { ccxt, client, wire, limiter, breaker, adapter, listings, error };
    }

    for (const name of goldenCalls(id)) {
      const golden = readGolden<GoldenCall>(id, name);
      const texts = handedOver(golden);
      const replies: Readonly<Record<(typeof ENDINGS)[number], () => Reply>> = {
        "is answered": answersOf(golden),
        "is refused": () => refusal(id, [...texts, credential.secret]),
        "is cut off": () => "cut",
        "is not answered in time": () => "hang",
      };
      for (const ending of ENDINGS) {
        it(`nothing but the parent's own, when ${name} ${ending}`, async () => {
          reply = replies[ending];
          const left = await leftBehind(golden);
          assert.equal(left.error instanceof KeyError, ending !== "is answered", String(left.error));

          assert.deepEqual(findText(left, texts.flatMap(spellingsOf)), []);
          const own = findText(left, Object.values(credential).flatMap(spellingsOf));
          assert.ok(own.includes("ccxt.secret"), "the search finds what is there");
          assert.deepEqual(
            own.filter((path) => !PARENT.includes(path)),
            [],
          );
        });
      }
    }

    it("every call that hands a secret over is among them", () => {
      const { passphrase, subAccounts } = descriptorOf(id);
      for (const { operation, input, expect } of goldenCalls(id).map((name) => readGolden<GoldenCall>(id, name))) {
        const chosen = operation === "issue" || (passphrase?.value.toManage === true && ["set", "revoke"].includes(operation));
        const made = operation === "issue" && input.spec?.publicKey === undefined;
        const signsUp = operation === "createSubAccount" && subAccounts?.password !== undefined;
        const handed = { passphrase: chosen && passphrase !== undefined, secret: made, password: signsUp };
        const shown = {
          passphrase: input.passphrase !== undefined,
          secret: Object.hasOwn(Object(expect), "secret"),
          password: input.password !== undefined,
        };
        assert.deepEqual(shown, handed, operation);
      }
    });
  },
);
