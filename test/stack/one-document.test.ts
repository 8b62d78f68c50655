import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { stringify } from "yaml";
import { parentVariables } from "../../harness/parents";
import { backendUrl, Stack } from "../../harness/stack";
import { type StartedSandbox, startSandbox } from "../../sandbox/start";
import { root } from "../../scripts/setup/paths";
import { ensureToolchain } from "../../scripts/setup/toolchain";
import { bybitKey, stackFile } from "./declared";
import type { Order, Outcome } from "./programs/one-document/inline";
import type { Places } from "./programs/one-document/keys";

const project = join(__dirname, "programs", "one-document");

describe("keys that would be published to one place", function () {
  this.timeout(1_200_000);
  let folder: string;
  let sandbox: StartedSandbox;
  let stack: Stack;
  let env: NodeJS.ProcessEnv;

  before(async () => {
    const toolchain = await ensureToolchain();
    folder = await mkdtemp(join(tmpdir(), "exchange-keys-place-"));
    sandbox = await startSandbox({ dir: join(folder, "sandbox"), rateScale: 50 });
    const seen = {
      EXCHANGE_KEYS_SANDBOX: join(folder, "sandbox", "sandbox.json"),
      PULUMI_NODEJS_TRANSPILE_ONLY: "true",
      ...(await parentVariables(join(folder, "sandbox"))),
    };
    const backend = join(folder, "state");
    const configFile = join(folder, "desk.yaml");
    stack = new Stack({ toolchain, env: seen, backend, stack: "desk", configFile, project });
    env = { ...toolchain.env, ...seen, PULUMI_BACKEND_URL: backendUrl(backend), PULUMI_CONFIG_PASSPHRASE: "sandbox" };
    await stack.init();
    // Where the provider's host finds the module from.
    await symlink(join(root, "node_modules"), join(folder, "node_modules"));
    await mkdir(join(folder, "documents"));
  });
  after(async () => {
    await sandbox.stop();
    await rm(folder, { recursive: true });
  });

  const at = (name: string): string => `file://${folder}/documents/${name}.json`;
  /** Two keys that a person and the API made, in one document by two spellings. */
  const twins = (): Places => ({
    first: { by: "api", publish: at("mm") },
    second: { by: "api", publish: at("%6dm") },
    treasury: { by: "person", publish: at("m%6d") },
  });
  const apart = (): Places => ({
    first: { by: "api", publish: at("mm") },
    second: { by: "api", publish: at("nn"), was: "first" },
  });

  async function declare(file: string, declared: Places): Promise<void> {
    const own = {
      "places:declared": declared,
      "places:scopes": bybitKey().scopes,
      "places:seal": `local://${folder}/sealing.key`,
    };
    await writeFile(join(folder, file), stringify(stackFile(folder, {}, own)));
  }

  async function inline(rounds: Order["rounds"]): Promise<readonly Outcome[]> {
    const order: Order = { workDir: folder, rounds };
    const child = spawn(process.execPath, ["--import", "tsx", join(project, "inline.ts")], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    child.stdin.end(JSON.stringify(order));
    const [stdout] = await Promise.all([text(child.stdout), once(child, "close")]);
    return JSON.parse(stdout);
  }

  async function assertNothingMade(): Promise<void> {
    assert.deepEqual(await sandbox.control.keys("bybit"), []);
    const { checkpoint } = JSON.parse(await readFile(stack.checkpoint, "utf8"));
    const types = (checkpoint.latest?.resources ?? []).map(({ type }: { readonly type: string }) => type);
    assert.deepEqual(
      types.filter((type: string) => type.includes("exchange-keys")),
      [],
    );
  }

  const REFUSAL =
    /second: publish is where the document of "first" is published too.*treasury: publish is where the document of "first"/s;

  it("are refused by the real CLI before anything is made, however the place is spelled and whoever made them", async () => {
    await declare("desk.yaml", twins());
    const run = await stack.run("up", "--yes", "--skip-preview");
    assert.notEqual(run.code, 0);
    assert.match(run.stdout, REFUSAL);
    await assertNothingMade();
  });

  it("are refused in a program that runs inside of another process, and hold up no run after it", async () => {
    await declare("Pulumi.desk.yaml", twins());
    await declare("Pulumi.other.yaml", apart());
    await declare("Pulumi.third.yaml", apart());
    const [before, refused, after] = await inline([{ other: "preview" }, { desk: "up" }, { other: "preview", third: "preview" }]);
    assert.deepEqual(before, { other: "done" });
    assert.match(refused?.desk ?? "", REFUSAL);
    await assertNothingMade();
    assert.deepEqual(after, { other: "done", third: "done" });
  });
});
