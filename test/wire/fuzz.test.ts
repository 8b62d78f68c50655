import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { inspect } from "node:util";
import fc from "fast-check";
import { type ErrorKind, isKind, KeyError } from "../../providers/src/core/errors";
import { Secret } from "../../providers/src/core/secret";
import type { KeyAdapter } from "../../providers/src/exchanges/adapter";
import { descriptorOf, loadAdapter } from "../../providers/src/exchanges/registry";
import { Breaker } from "../../providers/src/wire/breaker";
import { type Client, type Credentials, openClient } from "../../providers/src/wire/ccxt";
import { Limiter } from "../../providers/src/wire/limiter";
import type { Transport } from "../../providers/src/wire/transport";
import { createWire } from "../../providers/src/wire/wire";
import { ask, exchangesOf, type GoldenCall, type GoldenTime, goldenCalls, goldenIds, readGolden } from "./golden";
import { credentialOf, type GoldenSignature } from "./golden-signature";
import { instantTimer } from "./instant-timer";
import { disguised, everywhere, MARKER, type Mutation, mutate, mutations } from "./mutations";
import { SHAPES } from "./shapes";

/** Answers tried for each golden call; another seed, or more of them, by these variables. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 25);
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));

/** No golden call needs more requests; an adapter that goes on asking while the answers are the same never ends. */
const ENDLESS = 50;

/** What may be said of an answer that is not as documented. Some of them are in order, but tell something else. */
const KINDS: readonly ErrorKind[] = ["BadResponse", "LimitReached", "NotFound", "NotSupported", "VerificationFailed"];

/** An act that was sent may have been carried out whatever the answer says. */
const UNSAFE: readonly GoldenCall["operation"][] = ["issue", "createSubAccount"];

interface Reply {
  readonly status: number;
  readonly body: string;
}

/** An exchange that answers from memory. After the last answer it repeats that. */
class Exchange {
  replies: readonly Reply[] = [];
  asked = 0;
  readonly #time: GoldenTime;

  constructor(time: GoldenTime) {
    this.#time = time;
  }

  readonly transport: Transport = async (url) => {
    if (new URL(url).pathname === this.#time.path) return whole({ status: 200, body: JSON.stringify(this.#time.answer) });
    const reply = this.replies[Math.min(this.asked, this.replies.length - 1)];
    this.asked += 1;
    return whole(this.asked > ENDLESS || reply === undefined ? { status: 404, body: "" } : reply);
  };
}

function whole({ status, body }: Reply) {
  return { status, statusText: "", headers: new Headers(), text: async () => body };
}

function repliesOf(golden: GoldenCall): readonly Reply[] {
  return exchangesOf(golden).map(({ status = 200, answer }) => ({
    status,
    body: answer === undefined ? "" : JSON.stringify(answer),
  }));
}

/** Everything that an error holds. Its stack begins with its text; the rest of that would only take long to be found out. */
function shown(error: KeyError): string {
  const { stack: _, ...own } = Object.getOwnPropertyDescriptors(error);
  return inspect(own, { depth: 9, showHidden: true });
}

for (const id of goldenIds()) {
  describe(`answers that are not as documented: ${id} (FUZZ_SEED=${SEED}, FUZZ_RUNS=${RUNS})`, function () {
    this.timeout(20_000 + RUNS * 200);
    const time = readGolden<GoldenTime>(id, "time");
    const credential = credentialOf(readGolden<GoldenSignature>(id, "signature"));
    const exchange = new Exchange(time);
    const now = (): number => time.now;
    // One that a change has made up by chance means what it means.
    const codes = descriptorOf(id).errors.value;
    let client: Client;
    let open: Awaited<ReturnType<typeof loadAdapter>>;

    before(async () => {
      const descriptor = descriptorOf(id);
      const credentials: Credentials = Object.fromEntries(
        descriptor.credentials.map((field) => [field, new Secret(credential[field])]),
      );
      const { transport } = exchange;
      client = await openClient({ descriptor, origin: "https://127.0.0.1", headers: {}, transport, now, credentials });
      open = await loadAdapter(id);
    });

    /** The real adapter, wire and client, before an exchange that answers so. */
    function adapterBefore(replies: readonly Reply[]): KeyAdapter {
      Object.assign(exchange, { replies, asked: 0 });
      const timer = instantTimer();
      const limiter = new Limiter({}, 1, timer);
      return open(
        createWire({ exchange: id, parentKey: credential.apiKey, client, limiter, breaker: new Breaker(), timer, now }),
      );
    }

    for (const name of goldenCalls(id)) {
      const golden = readGolden<GoldenCall>(id, name);
      const replies = repliesOf(golden);
      const { secret, passphrase } = Object(golden.expect) as { readonly secret?: string; readonly passphrase?: string };
      const own = [credential.secret, credential.passphrase, golden.input.passphrase, golden.input.password];
      const secrets = [MARKER, secret, passphrase, ...own].filter((text) => text !== undefined);
      const kinds = UNSAFE.includes(golden.operation) ? [...KINDS, "OutcomeUnknown" as const] : KINDS;

      /** With one answer changed: a value of the right form or a typed error, without a secret. */
      async function survives(index: number, changes: readonly Mutation[]): Promise<void> {
        const wrong = replies.map((reply, at) => (at === index ? { ...reply, body: mutate(reply.body, changes) } : reply));
        const outcome = await ask(adapterBefore(wrong), golden).then(
          (value) => ({ value }),
          (error: unknown) => ({ error }),
        );
        assert.ok(exchange.asked <= ENDLESS, "it asks for ever");
        if ("value" in outcome) return void SHAPES[golden.operation].parse(outcome.value);
        const { error } = outcome;
        if (!(error instanceof KeyError)) throw error;
        const all = shown(error);
        assert.ok(Object.hasOwn(codes, error.code ?? "") || isKind(error, ...kinds), all);
        for (const text of secrets) assert.ok(!all.includes(text), all);
      }

      it(`${name}: wrong in one place, each in turn`, async () => {
        for (const [index, { answer }] of exchangesOf(golden).entries()) {
          for (const change of answer === undefined ? [] : everywhere(answer)) await survives(index, [change]);
        }
      });

      it(`${name}: wrong at random`, async () => {
        const property = fc.asyncProperty(fc.nat({ max: replies.length - 1 }), mutations, survives);
        await fc.assert(property, { seed: SEED, numRuns: RUNS });
      });

      it(`${name}: further fields and another order change nothing`, async () => {
        const other = exchangesOf(golden).map(({ answer }, index) => {
          const { status = 200, body = "" } = replies[index] ?? {};
          return { status, body: answer === undefined ? body : JSON.stringify(disguised(answer)) };
        });
        assert.deepEqual((await ask(adapterBefore(other), golden)) ?? null, golden.expect);
      });
    }
  });
}
