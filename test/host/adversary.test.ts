import assert from "node:assert/strict";
import fc from "fast-check";
import type { Moto } from "../../scripts/moto";
import { motoOrSkip } from "../seal/moto";
import { attackedStoryOf } from "./attack-story";
import { type Outcome, play } from "./play";
import { NOTHING_OMITTED, partOf, showStory } from "./story";

/** Keys of the sample, each through twenty runs. The model plays many more stories. */
const KEYS = Number(process.env.EXCHANGE_KEYS_ATTACKED ?? 24);
const SEED = Number(process.env.EXCHANGE_KEYS_SEED ?? 20_261_130);

describe("whoever writes published documents, by the provider's real host", function () {
  this.timeout(20 * 60_000);
  let moto: Moto;

  before(async function () {
    moto = await motoOrSkip(this);
  });
  after(() => moto?.stop());

  it(`steers no run of any exchange's keys (seed ${SEED})`, async () => {
    const [story] = fc.sample(attackedStoryOf(KEYS), { numRuns: 1, seed: SEED });
    assert.ok(story);
    const outcome = await play(story, SEED, { AWS_ENDPOINT_URL: moto.endpoint });
    console.log(`      ${[...outcome.endings].map(([how, count]) => `${how}: ${count}`).join(", ")}`);
    assert.deepEqual(outcome.problems, [], told(outcome));
    assert.ok(outcome.acts.has("byHand tamper"));

    function told({ problems, faulty }: Outcome): string {
      const traces = [...faulty].flatMap(([key, trace]) => [
        `key ${key}:`,
        ...trace,
        story === undefined ? "" : showStory(partOf(story, key, NOTHING_OMITTED)),
      ]);
      return [...problems, ...traces].join("\n");
    }
  });
});
