import assert from "node:assert/strict";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { StoredKey } from "../../bench/checkpoint";
import { makeStackFolder, sandboxConfig, upSandboxStack } from "../../bench/sandbox-stack";
import { parentVariables } from "../../harness/parents";
import { type StartedSandbox, startSandbox } from "../../sandbox/start";
import { ensureToolchain } from "../../scripts/setup/toolchain";

/** The engine writes the whole state at every step, so that time grows with the bytes of each resource. */
const LIMIT_BYTES = 4096;

describe("the sandbox stack's checkpoint, as the CLI wrote it", function () {
  // A sandbox and one run of the CLI, or its whole set-up on a fresh machine.
  this.timeout(900_000);

  let folder = "";
  let sandbox: StartedSandbox | undefined;
  let keys: readonly StoredKey[] = [];

  before(async () => {
    folder = await makeStackFolder();
    const toolchain = await ensureToolchain();
    const dir = join(folder, "sandbox");
    sandbox = await startSandbox({ dir });
    const env = { EXCHANGE_KEYS_SANDBOX: join(dir, "sandbox.json"), ...(await parentVariables(dir)) };
    keys = await upSandboxStack(folder, { toolchain, env });
  });

  after(async () => {
    await sandbox?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("holds one version of each key that the stack declares", async () => {
    const { config } = await sandboxConfig();
    assert.equal(keys.length, Object.keys(config["desk:keys"] ?? {}).length);
    for (const { exchange, versions } of keys) assert.equal(versions, 1, exchange);
  });

  it("holds the golden form of the provider", async () => {
    const golden = await readFile(join(__dirname, "golden", "provider.txt"), "utf8");
    for (const { closure } of keys) assert.equal(closure, golden);
  });

  it(`takes no more than ${LIMIT_BYTES} bytes for a key`, () => {
    const large = keys.filter(({ bytes }) => bytes > LIMIT_BYTES).map(({ exchange, bytes }) => `${exchange}: ${bytes} bytes`);
    assert.deepEqual(large, []);
  });
});
