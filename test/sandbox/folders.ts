import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type StartedSandbox, type StartOptions, startSandbox } from "../../sandbox/start";

export interface TestSandbox {
  readonly sandbox: StartedSandbox;
  /** Ends it and takes its folder away. */
  end(): Promise<void>;
}

/** A sandbox in a folder of its own. */
export async function testSandbox(options: Omit<StartOptions, "dir"> = {}): Promise<TestSandbox> {
  const dir = mkdtempSync(join(tmpdir(), "sandbox-test-"));
  const sandbox = await startSandbox({ dir, seed: 7, ...options });
  return {
    sandbox,
    end: async () => {
      await sandbox.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
