import assert from "node:assert/strict";
import { killMatrix, type Matrix } from "./matrix";
import { patiently } from "./patience";
import { PASSES, PHASES, pointsOf, sharedPoints, showPoint } from "./points";
import { sampled, slicesOf } from "./selection";

/** Of each exchange and phase, in each pass. `npm run crash` takes every point. */
const SAMPLE = 8;

describe("points at which a run is killed", () => {
  const trail = { requests: ["list", "issue", "list"], deeds: ["publish", "seal", "publish", "answer"] } as const;
  const points = pointsOf("alpha", "create", trail);

  it("are before and after each request and each deed, and before and after the state is written", () => {
    const shown = points.filter(({ edge }) => edge === "before").map(showPoint);
    assert.deepEqual(shown, [
      "alpha create: before list (request 1)",
      "alpha create: before issue (request 2)",
      "alpha create: before list (request 3)",
      "alpha create: before publish 1",
      "alpha create: before seal 1",
      "alpha create: before publish 2",
      "alpha create: before state is written",
    ]);
    assert.equal(points.length, 2 * shown.length);
  });

  it("are counted by operation where keys share the request", () => {
    const shown = sharedPoints("alpha", "create", ["time", "inspect", "time"]).map(showPoint);
    assert.equal(shown.length, 6);
    assert.equal(shown[5], "alpha create: after time (shared request 2)");
  });

  it("come in slices that leave none out, and in samples that repeat none", () => {
    const more = [...points, ...pointsOf("alpha", "rotate", trail), ...pointsOf("beta", "create", trail)];
    const slices = slicesOf(more, 4);
    assert.deepEqual(new Set(slices.flat()), new Set(more));
    assert.ok(
      slices.every((slice) => slice.filter(({ exchange, phase }) => exchange === "beta" && phase === "create").length <= 4),
    );
    const some = sampled(more, 5);
    assert.equal(some.length, 15);
    assert.equal(new Set(some).size, 15);
  });
});

describe("waiting for what a run does", () => {
  const STALL_MS = 1000;

  it("goes on for as long as anything happens", async () => {
    let looks = 0;
    const since = Date.now();
    const left = await patiently(
      async () => {
        looks += 1;
        return { left: Date.now() - since > 2 * STALL_MS ? [] : ["late"], sign: String(looks) };
      },
      () => false,
      STALL_MS,
    );
    assert.deepEqual(left, []);
  });

  it("ends with what has not come when nothing more happens", async () => {
    let looks = 0;
    const look = async () => {
      looks += 1;
      return { left: ["lost"], sign: "the same" };
    };
    assert.deepEqual(await patiently(look, () => false, STALL_MS), ["lost"]);
    assert.ok(looks > 1);
  });

  it("ends when nothing more can come", async () => {
    assert.deepEqual(
      await patiently(
        async () => ({ left: ["lost"], sign: "" }),
        () => true,
      ),
      ["lost"],
    );
  });
});

describe("a run that is killed at any point, on the real CLI", function () {
  // Every wait within ends by itself when nothing happens any more.
  this.timeout(7_200_000);
  let matrix: Matrix;

  before(async () => {
    matrix = await killMatrix({ together: SAMPLE, sample: SAMPLE, onProgress: () => undefined });
  });

  it("stands at every point that an unkilled run passes, for every exchange and phase", () => {
    assert.deepEqual(matrix.missing, []);
    assert.equal(matrix.points, matrix.expected);
    for (const [exchange, counts] of Object.entries(matrix.byExchange)) {
      for (const phase of PHASES) assert.ok((counts[phase] ?? 0) >= PASSES.length * 6, `${exchange} ${phase}: ${counts[phase]}`);
    }
  });

  it("leaves nothing that the next up does not mend", () => {
    const { orphans, twins, lostSecrets, manualSteps, unavailableMs, problems } = matrix;
    assert.deepEqual(problems, []);
    assert.deepEqual([orphans, twins, lostSecrets, manualSteps, unavailableMs], [0, 0, 0, 0, 0]);
  });
});
