import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "../../scripts/setup/paths";

/** The demo's widest table, as long as its names may be. */
const SHOW = `
Object.defineProperty(process.stdout, "columns", { value: Number(process.argv[2]) });
const { table } = require(${JSON.stringify(join(root, "demo/terminal.ts"))});
const head = ["key", "exchange", "sub-account", "public id", "label at the exchange", "addresses"];
const key = ["binancebroker-mm", "binancebroker", "subacct1", "x".repeat(36), "xkabcdefghij0001mm", "127.0.10.1, 127.0.10.2, 127.0.10.3"];
table(head, [key]);
`;

describe("tables of the demo", () => {
  for (const width of [60, 80, 140]) {
    it(`fit a terminal of ${width} columns, and never more than 100`, () => {
      const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "-e", SHOW, "x", String(width)], {
        cwd: root,
        encoding: "utf8",
      });
      assert.equal(status, 0, stderr);
      const lines = stdout.split("\n");
      assert.ok(stdout.includes("127.0.10.3") && stdout.includes("x".repeat(36)), stdout);
      assert.deepEqual(
        lines.filter((line) => line.length > Math.min(width, 100)),
        [],
      );
    });
  }
});
