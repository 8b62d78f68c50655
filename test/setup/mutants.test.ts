import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { FOLDERS, testsOf } from "../../scripts/mutants/folders";
import { draw } from "../../scripts/mutants/sample";
import { type Result, scoreOf } from "../../scripts/mutants/score";
import { root } from "../../scripts/setup/paths";

describe("the tests that judge a folder of mutants", () => {
  it("are files that are there, the folder's own first, and none that starts a server", () => {
    for (const folder of Object.keys(FOLDERS)) {
      const tests = testsOf(folder, root);
      assert.ok(tests[0]?.startsWith(`test/${folder}/`), tests[0]);
      assert.ok(tests.every((test) => existsSync(join(root, test)) && !/kms|golden|fuzz/.test(test)));
    }
  });
});

describe("the sample of mutants", () => {
  const counts = { core: 60, wire: 40 };
  const names = (seed: string, size = 30) => draw(counts, size, seed).map(({ folder, id }) => `${folder} ${id}`);

  it("is the same for the same seed, and another for another", () => {
    assert.deepEqual(names("1"), names("1"));
    assert.notDeepEqual(names("1").sort(), names("2").sort());
  });

  it("draws each mutant once at most, of every folder, and all where so many are asked for", () => {
    assert.equal(new Set(names("1")).size, 30);
    assert.ok(["core", "wire"].every((folder) => names("1").some((name) => name.startsWith(folder))));
    const all = names("1", 500);
    assert.deepEqual([all.length, new Set(all).size, all.includes("core 59"), all.includes("wire 39")], [100, 100, true, true]);
  });
});

describe("the score of mutants", () => {
  const result = (id: string, status: string): Result => ({
    id,
    status,
    fileName: "/root/providers/src/core/plan.ts",
    location: { start: { line: 9, column: 2 } },
    mutatorName: "ConditionalExpression",
    replacement: "false",
  });

  it("counts what was drawn only, and names what no test saw", () => {
    const statuses = ["Killed", "Survived", "Timeout", "Killed", "RuntimeError", "Survived"];
    const results = statuses.map((status, id) => result(String(id), status));
    const shown = ["providers/src/core/plan.ts:10:3 ConditionalExpression: false"];
    const counted = { mutants: 6, drawn: 5, killed: 2, timedOut: 1, score: 75, survivors: shown, unjudged: shown };
    assert.deepEqual(scoreOf(results, ["0", "1", "2", "3", "4"], "/root"), counted);
  });

  it("is none where nothing was judged", () => {
    assert.equal("score" in scoreOf([result("0", "RuntimeError")], ["0"], "/root"), false);
  });
});
