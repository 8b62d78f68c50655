import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { spellingsOf } from "../../harness/leak-search";
import { isKind, KeyError } from "../../providers/src/core/errors";
import { descriptorOf } from "../../providers/src/exchanges/registry";
import { type Accepted, acceptedIn, allowedKinds, isDamage, type Readings } from "./damage";
import { differences, withValue } from "./differences";
import { findText } from "./find-text";
import { describeGolden, exchangesOf, type GoldenCall, goldenCalls, readGolden } from "./golden";
import { credentialOf, type GoldenSignature } from "./golden-signature";
import { byRequest, type GivenTo, inOrder, MemoryExchange, type Outcome } from "./memory-exchange";
import { disguised, everywhere, MARKER, type Mutation, mutate, mutations, withoutOrder } from "./mutations";
import { SHAPES } from "./shapes";

/** Answers tried for each golden call; another seed, or more of them, by these variables. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 25);
const SEED = Number(process.env.FUZZ_SEED ?? randomInt(2 ** 31));

function answersOf(golden: GoldenCall): readonly GivenTo[] {
  return exchangesOf(golden).map(({ request, status = 200, answer }) => {
    const { method, path } = request;
    return { method, path, status, body: textOf(answer) };
  });
}

function textOf(answer: unknown): string {
  return answer === undefined ? "" : JSON.stringify(answer);
}

describeGolden(
  (id) => `answers that are not as documented: ${id} (FUZZ_SEED=${SEED}, FUZZ_RUNS=${RUNS})`,
  function (id) {
    this.timeout(300_000 + RUNS * 1000);
    const readings = readGolden<Readings>(id, "readings");
    const credential = credentialOf(readGolden<GoldenSignature>(id, "signature"));
    const used = new Set<Accepted>();
    let call: Awaited<ReturnType<MemoryExchange["open"]>>;

    before(async () => {
      call = await new MemoryExchange(id).open();
    });

    for (const name of goldenCalls(id)) {
      const golden = readGolden<GoldenCall>(id, name);
      const documented = answersOf(golden);
      const { secret, passphrase } = Object(golden.expect) as { readonly secret?: string; readonly passphrase?: string };
      const own = [credential.secret, credential.passphrase, golden.input.passphrase, golden.input.password];
      const secrets = [MARKER, secret, passphrase, ...own].filter((text) => text !== undefined).flatMap(spellingsOf);
      let right: Outcome | undefined;

      async function asDocumented(): Promise<Outcome> {
        right ??= await call(golden, inOrder(documented));
        assert.deepEqual(right.value ?? null, golden.expect);
        return right;
      }

      async function withAnswers(answers: readonly GivenTo[]): Promise<Outcome> {
        const { sent } = await asDocumented();
        return call(golden, byRequest(sent, answers));
      }

      function withAnswer(index: number, body: string): Promise<Outcome> {
        return withAnswers(documented.map((answer, at) => (at === index ? { ...answer, body } : answer)));
      }

      /** What is documented was found and done. A second look at what is there does no harm. */
      function assertRight({ value, sent }: Outcome, expected: Outcome): void {
        assert.deepEqual(value, expected.value);
        assert.deepEqual(sent.slice(0, expected.sent.length), expected.sent, "what was sent");
        assert.ok(sent.slice(expected.sent.length).every((request) => request.startsWith("GET ")));
      }

      /** With one answer changed: the right value or a typed error, without a secret. */
      async function survives(index: number, changes: readonly Mutation[]): Promise<void> {
        const answer = exchangesOf(golden)[index]?.answer;
        const body = mutate(documented[index]?.body ?? "", changes);
        const outcome = await withAnswer(index, body);
        const found = answer === undefined ? [{ place: [] }] : differences(answer, body);
        const damaged = { call: name, operation: golden.operation, found };
        if (outcome.error !== undefined) {
          const { error } = outcome;
          if (!(error instanceof KeyError)) throw error;
          const { code = "" } = error;
          assert.ok(isKind(error, ...allowedKinds(descriptorOf(id), readings, { ...damaged, code })), error.message);
          assert.deepEqual(findText({ error }, secrets), []);
        } else SHAPES[golden.operation].parse(outcome.value);
        if (isDamage(damaged)) await isRight(index, outcome, found);
      }

      async function isRight(index: number, outcome: Outcome, found: ReturnType<typeof differences>): Promise<void> {
        const { value } = await asDocumented();
        const reading = acceptedIn(readings, { call: name, operation: golden.operation, found });
        if (reading === undefined) {
          if (outcome.error === undefined || found.length === 0) assertRight(outcome, await asDocumented());
          return;
        }
        if (!isDeepStrictEqual(outcome.value, value)) used.add(reading);
        if ("readAs" in reading && found.length === 1) {
          const meant = withValue(exchangesOf(golden)[index]?.answer, found[0]?.place ?? [], reading.readAs);
          assertRight(outcome, await withAnswer(index, textOf(meant)));
        }
      }

      it(`${name}: wrong in one place, each in turn`, async () => {
        const wrong: string[] = [];
        for (const [index, { answer }] of exchangesOf(golden).entries()) {
          for (const change of answer === undefined ? [] : everywhere(answer)) {
            const where = JSON.stringify(differences(answer, mutate(textOf(answer), [change])));
            await survives(index, [change]).catch((error: Error) => wrong.push(`answer ${index}, ${where}: ${error.message}`));
          }
        }
        assert.equal(wrong.length, 0, wrong.join("\n"));
      });

      it(`${name}: wrong at random`, async () => {
        const property = fc.asyncProperty(fc.nat({ max: documented.length - 1 }), mutations, survives);
        await fc.assert(property, { seed: SEED, numRuns: RUNS });
      });

      it(`${name}: further fields and another order change nothing`, async () => {
        const { value, sent } = await asDocumented();
        const outcome = await withAnswers(
          exchangesOf(golden).map(({ answer }, index) => {
            const given = documented[index] ?? assert.fail();
            return answer === undefined ? given : { ...given, body: textOf(disguised(answer)) };
          }),
        );
        assert.deepEqual(withoutOrder(outcome.value), withoutOrder(value));
        assert.deepEqual([...outcome.sent].sort(), [...sent].sort());
      });
    }

    it("every reading that is accepted is needed", () => {
      assert.deepEqual(
        readings.accepted.filter((one) => !used.has(one)),
        [],
      );
    });
  },
);
