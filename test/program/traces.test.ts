import assert from "node:assert/strict";
import type { Seen } from "./programs/traces";
import { runProgram, stackConfig } from "./run";

type Sights = Readonly<Record<"declared" | "refused" | "odd" | "earlier", Seen>>;

describe("stack traces of a program", function () {
  // A process that loads the SDK.
  this.timeout(1_200_000);

  let found: Readonly<Record<string, Sights>>;
  const all = (what: keyof Sights): readonly Seen[] => Object.values(found).map((sights) => sights[what]);

  before(async () => {
    const config = await stackConfig("sandbox");
    const { failure, outputs } = await runProgram({ program: "traces", config });
    assert.equal(failure, undefined);
    found = outputs as typeof found;
    assert.deepEqual(Object.keys(found).sort(), ["AdoptedApiKey", "ApiKey", "SubAccount"]);
  });

  it("are not taken while Pulumi's constructor runs", () => {
    for (const { during } of all("declared")) assert.deepEqual(during, [0]);
  });

  it("are taken again after it, by the limit that was there", () => {
    for (const { before, after } of all("declared"))
      assert.ok(before > 0 && after === before, `${before} before, ${after} after`);
  });

  it("are taken again after it has thrown", () => {
    for (const { before, after } of [...all("refused"), ...all("odd"), ...all("earlier")]) {
      assert.ok(before > 0 && after === before, `${before} before, ${after} after`);
    }
  });

  it("lead from an error in it to the line that declares the resource", () => {
    for (const { stack = "" } of all("refused")) {
      assert.match(stack, /^TypeError: not in this program\n\s+at /);
      assert.match(stack, /program\/programs\/traces\.ts:\d+/);
      assert.doesNotMatch(stack, /PausedTraces/);
    }
  });

  it("of an error that was made before it stay as they are", () => {
    for (const { stack = "" } of all("earlier")) {
      assert.match(stack, /^Error: made before\n\s+at /);
      assert.doesNotMatch(stack, /pulumi-exchange-keys/);
    }
  });

  it("are no matter to what is thrown and is no error", () => {
    for (const { thrown } of all("odd")) assert.equal(thrown, "only a text");
  });
});
