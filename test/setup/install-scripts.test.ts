import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/setup/paths";

/**
 * Packages that bring a script for their installation, and what works without it. A new one here has to be tried with `npm ci` on a fresh clone.
 */
const REVIEWED: Readonly<Record<string, string>> = {
  bufferutil: "takes its own fallback in JavaScript",
  ccxt: "prints a greeting",
  esbuild: "finds its program in the package of the platform",
  protobufjs: "compares versions and prints a warning",
};

describe("scripts of dependencies", () => {
  it("are off when npm installs in this checkout", () => {
    const set = execFileSync("npm", ["config", "get", "ignore-scripts"], { cwd: root, encoding: "utf8" });
    assert.equal(set.trim(), "true");
  });

  it("are those that were looked at, and no others", () => {
    const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
    const packages = Object.entries<{ readonly hasInstallScript?: boolean }>(lock.packages);
    const found = packages
      .filter(([, one]) => one.hasInstallScript === true)
      .map(([path]) => path.replace(/^.*node_modules\//, ""));
    assert.deepEqual([...new Set(found)].sort(), Object.keys(REVIEWED).sort());
  });
});
