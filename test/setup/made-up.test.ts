import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { root } from "../../scripts/setup/paths";

/** What is written by hand, in the place of what the skeleton says there. */
const WRITTEN = join(__dirname, "made-up");
const FOLDERS = {
  provider: "providers/src/exchanges/acme",
  sandbox: "sandbox/exchanges/acme",
  golden: "test/wire/golden/acme",
} as const;
/** Not of the checkout's text. */
const LEFT_OUT = ["node_modules", ".git", ".exchange-keys", "dist"];

describe("a made-up exchange with one operation, from its skeleton to green tests", function () {
  this.timeout(1_200_000);
  let copy: string;

  before(() => {
    copy = mkdtempSync(join(tmpdir(), "made-up-"));
    cpSync(root, copy, { recursive: true, filter: (path) => !LEFT_OUT.includes(basename(path)) });
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  });
  after(() => rmSync(copy, { recursive: true, force: true }));

  function node(...args: readonly string[]): string {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("MOCHA")));
    env.FUZZ_RUNS = "2";
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: copy, encoding: "utf8", env });
    assert.equal(status, 0, `${args.join(" ")}\n${stdout}\n${stderr}`);
    return stdout;
  }

  /** Runs cases of the copy. @returns how many passed */
  function passed(cases: string, ...files: readonly string[]): number {
    const out = node("node_modules/mocha/bin/mocha.js", "--forbid-only", ...files, "-g", cases);
    return Number(/^(\d+) passed, 0 failed/m.exec(out)?.[1] ?? assert.fail(out));
  }

  /** Cases of the contract that are left out, as generated. */
  function skips(): number {
    return JSON.parse(readFileSync(join(copy, FOLDERS.golden, "skips.json"), "utf8")).contract;
  }

  it("shows the way", () => {
    node("--import", "tsx", "scripts/new-exchange.ts", "acme", "--client", "bybit", "--title", "Acme");
    // A file that is missing is that exchange's own matter.
    rmSync(join(copy, FOLDERS.golden, "readings.json"));
    // Of another exchange, and of what is the same for all. What the skeleton beside them says is not true yet.
    assert.ok(passed("okx|^transport", "test/wire/*.test.ts") > 100);
    const leftOut = skips();
    assert.ok(leftOut > 0);

    for (const [room, folder] of Object.entries(FOLDERS)) {
      for (const file of readdirSync(join(WRITTEN, room)))
        cpSync(join(WRITTEN, room, file), join(copy, folder, file.slice(0, -4)));
    }
    for (const [file, was, is] of [
      ["index", "import { guard, openRoute }", "import { guard }"],
      [
        "index",
        'openRoute({ path: "/SKELETON/time", operation: "time" }, () => ({ time: world.clock.now() })),',
        '{ method: "GET", path: "/v5/market/time", operation: "time", answer: () => ({ status: 200, code: "", body: { error: [], time: world.clock.now() } }) },',
      ],
      ["index", "x-api-key", "x-bapi-api-key"],
    ] as const) {
      replace(join(copy, FOLDERS.sandbox, `${file}.ts`), was, is);
    }
    node("--import", "tsx", "scripts/generate.ts");
    assert.ok(skips() < leftOut, "what is written is no longer skipped");
    const own = [
      ...Object.values(FOLDERS)
        .slice(0, 2)
        .map((folder) => `${folder}/*.ts`),
      "providers/src/exchanges/*.ts",
    ];
    writeFileSync(join(copy, "new.json"), JSON.stringify({ extends: "./tsconfig.json", include: own }));
    node("node_modules/typescript/bin/tsc", "-p", "new.json");

    assert.ok(passed("acme", "test/wire/*.test.ts") > 20);
    assert.ok(passed("acme", "test/exchanges/contract*.test.ts") >= 5);
    assert.equal(passed("descriptor: acme (speaks|refuses|takes|gives)", "test/exchanges/descriptors.test.ts"), 5);
  });
});

/** @throws AssertionError when the text is not there */
function replace(path: string, was: string, is: string): void {
  const text = readFileSync(path, "utf8");
  assert.ok(text.includes(was), `${path}: ${was}`);
  writeFileSync(path, text.replaceAll(was, is));
}
