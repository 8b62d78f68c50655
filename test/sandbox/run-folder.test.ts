import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runSandbox } from "../../sandbox/sandbox";

describe("sandbox: its folder", () => {
  it("is written over no link that others left there, and every file is its owner's only", async () => {
    const dir = mkdtempSync(join(tmpdir(), "exchange-keys-folder-"));
    const victim = join(dir, "victim");
    writeFileSync(victim, "untouched");
    const names = ["ca.pem", "clock.json", "sandbox.json"];
    for (const name of names) symlinkSync(victim, join(dir, name));
    const running = await runSandbox({ dir, rateScale: 1000, seed: 1 });
    try {
      for (const name of names) assert.equal(statSync(join(dir, name)).mode & 0o777, 0o600, name);
      assert.equal(readFileSync(victim, "utf8"), "untouched");
    } finally {
      await running.close();
      rmSync(dir, { recursive: true });
    }
  });
});
