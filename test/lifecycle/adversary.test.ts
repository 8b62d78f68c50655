import assert from "node:assert/strict";
import fc from "fast-check";
import { foundIn } from "../../providers/src/publish/found";
import { writeDocument } from "../../providers/src/seal/parse-document";
import { stamped } from "../../providers/src/seal/stamp";
import { play } from "./adversary-play";
import { type Story, showStory, stories, WRITINGS, withoutWriting } from "./adversary-story";
import type { AttackedDesk } from "./attacked-desk";

/** How many stories are played. */
const STORIES = Number(process.env.EXCHANGE_KEYS_STORIES ?? 300);
const SEED = Number(process.env.EXCHANGE_KEYS_SEED ?? 20_261_130);

/** Every text that can be read bears a good stamp and the newest number, as if nobody judged it. */
function believeEverything({ world }: AttackedDesk): void {
  world.reads = (text) => {
    const { document } = foundIn(text, "any");
    const isGenuine = [...world.documents.values()].some((one) => writeDocument(one) === text);
    if (document === undefined || isGenuine) return text;
    const seq = Math.max(0, ...[...world.documents.values()].map((one) => one.seq ?? 0)) + 1;
    return writeDocument(stamped({ ...document, seq }, world.stampKeys[0]));
  };
}

describe("whoever writes the published documents", function () {
  this.timeout(600_000);
  const counts = new Map<string, number>();

  async function explained(story: Story): Promise<string> {
    const { problems, trace } = await play(story);
    return [...problems, showStory(story), "what happened:", ...trace].join("\n");
  }

  it(`steers no run, and the key heals afterwards (seed ${SEED})`, async () => {
    const property = fc.asyncProperty(stories, async (story) => {
      const { problems, acts } = await play(story);
      for (const act of acts) counts.set(act, (counts.get(act) ?? 0) + 1);
      return problems.length === 0;
    });
    const { failed, counterexample, numRuns } = await fc.check(property, {
      numRuns: STORIES,
      seed: SEED,
      interruptAfterTimeLimit: 300_000,
    });
    if (failed && counterexample !== null) assert.fail(`story ${numRuns}: ${await explained(counterexample[0])}`);
    assert.equal(failed, false);
    assert.equal(numRuns, STORIES, "every story was played in time");
  });

  it("would break it within 20 stories if every readable text were believed", async () => {
    const believed = (of: (story: Story) => Story): Promise<fc.RunDetails<[Story]>> => {
      const property = fc.asyncProperty(
        stories,
        async (story) => (await play(of(story), believeEverything)).problems.length === 0,
      );
      return Promise.resolve(fc.check(property, { numRuns: 20, seed: SEED, endOnFailure: true }));
    };
    const { failed, numRuns } = await believed((story) => story);
    console.log(`      broken by story ${numRuns}`);
    assert.ok(failed);
    assert.equal((await believed(withoutWriting)).failed, false, "believing alone breaks nothing");
  });

  it("did everything often", function () {
    console.log(
      `      ${[...counts]
        .sort()
        .map(([name, count]) => `${name}: ${count}`)
        .join(", ")}`,
    );
    if (STORIES < 300) this.skip();
    assert.deepEqual(
      WRITINGS.filter((name) => (counts.get(name) ?? 0) < 20),
      [],
    );
  });
});
