import assert from "node:assert/strict";
import { chmod, cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findLeaks, type Hidden } from "../../harness/leak-search";
import { CAN_WATCH_PROCESSES, ProcessWatch } from "../../harness/processes";
import { bybitKey, okxKey } from "../stack/declared";
import { Stage } from "../stack/stage";

/** Where the CLI and its children write. The sandbox's own folder is apart: its job is to hold the parents' secrets. */
interface Places {
  readonly logs: string;
  readonly temporary: string;
  readonly home: string;
  /** npm's own logs: the CLI is run by an npm script. */
  readonly npm: string;
  /** Environments and command lines of all processes. */
  readonly processes: string;
  readonly journal: string;
}

/** In the environment of each run, and on its command line: both are read, if they are found. */
const MARK = "canary-mark-7d41c9b2";

describe("after a whole story at the highest verbosity no secret", function () {
  this.timeout(300_000);
  let stage: Stage;
  let places: Places;
  let runs = 0;

  before(async () => {
    stage = await Stage.open();
    const at = (name: string): string => join(stage.folder, name);
    places = {
      logs: at("logs"),
      temporary: at("temporary"),
      home: at("home"),
      npm: at("npm"),
      processes: at("processes"),
      journal: at("journal"),
    };
    for (const folder of Object.values(places)) await mkdir(folder);
    await stage.declare({ bybit: bybitKey(), okx: okxKey() }, { "exchange-keys:journal": { folder: places.journal } });
    await playLoudly();
  });
  after(() => stage.close());

  /** Runs the CLI by an npm script, and keeps all that it, npm and every process say, and what each was started with. */
  async function run(...args: readonly string[]): Promise<number> {
    runs += 1;
    const { env, toolchain } = stage.stack.options;
    const own = {
      TMPDIR: places.temporary,
      HOME: places.home,
      PULUMI_HOME: places.home,
      PULUMI_DEBUG_COMMANDS: "true",
      EXCHANGE_KEYS_CANARY: MARK,
    };
    const pulumi = await byNpmScript(toolchain.pulumi);
    const stack = stage.stack.with({ env: { ...env, ...own }, toolchain: { ...toolchain, pulumi } });
    const running = stack.start(...args, ...(args[0] === "up" ? ["--message", `${MARK} on the command line`] : []));
    // The references of the stack's accounts name them.
    const declared = new Set(Object.keys(env).filter((name) => name.startsWith("SANDBOX_")));
    const watch = CAN_WATCH_PROCESSES ? new ProcessWatch(running.pid, { folder: places.processes, declared }) : undefined;
    const { code, stdout, stderr } = await running.ended;
    await watch?.end();
    const name = join(places.logs, `${runs}-${args[0]}`);
    await Promise.all([writeFile(`${name}.stdout`, stdout), writeFile(`${name}.stderr`, stderr)]);
    return code;
  }

  /** A program that calls the CLI as a team's `npm run deploy` does, with all that npm can log. */
  async function byNpmScript(pulumi: string): Promise<string> {
    const folder = join(stage.folder, "deploy");
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "deploy", scripts: { deploy: pulumi } }));
    const npm = `npm --prefix "${folder}" --loglevel silly --logs-dir "${places.npm}" --logs-max 1000 --no-update-notifier`;
    const program = join(folder, "deploy.sh");
    await writeFile(program, `#!/bin/sh\nexec ${npm} run deploy -- --cwd "$PWD" "$@"\n`, { mode: 0o755 });
    return program;
  }

  /** `--event-log` is known only with PULUMI_DEBUG_COMMANDS. */
  function loud(...args: readonly string[]): Promise<number> {
    return run(...args, "-v=9", "--logtostderr", "--event-log", join(places.logs, `${runs + 1}.events`));
  }

  function written(): readonly string[] {
    return [stage.stack.options.backend, ...Object.values(places)];
  }

  async function playLoudly(): Promise<void> {
    const { control } = stage;
    const up = ["up", "--yes", "--skip-preview"];
    assert.equal(await loud("preview", "--diff"), 0);
    for (const exchange of ["bybit", "okx"]) await control.addFault({ kind: "loseAnswer", exchange, operation: "issue" });
    assert.equal(await loud(...up), 0);
    await stage.assertServed();
    for (const { exchange, apiKey } of await control.keys()) await control.editKey(exchange, apiKey, { ips: ["127.0.66.6"] });
    assert.equal(await loud("preview", "--refresh", "--expect-no-changes", "--diff", "--debug"), 7);
    assert.equal(await loud(...up, "--refresh"), 0);
    await control.advance("30d");
    await chmod(stage.sealingKey, 0o644);
    assert.notEqual(await loud(...up, "--continue-on-error"), 0);
    await chmod(stage.sealingKey, 0o600);
    // Without --logtostderr the log is a file in the temporary folder.
    assert.equal(await run(...up, "-v=9", "--debug", "--tracing", `file:${join(places.logs, "trace")}`), 0);
    await stage.assertServed();
    // Destroy empties them.
    await cp(stage.documents, join(places.logs, "documents"), { recursive: true });
    await cp(stage.stack.options.backend, join(places.logs, "state"), { recursive: true });
    await control.advance("26h");
    assert.equal(await loud(...up), 0);
    for (const show of [
      ["output", "--json", "--show-secrets"],
      ["export", "--show-secrets"],
      ["history", "--show-secrets"],
    ]) {
      assert.equal(await run("stack", ...show), 0);
    }
    assert.equal(await loud("destroy", "--yes", "--skip-preview"), 0);
    assert.deepEqual(await control.keys(), []);
  }

  it("that the sandbox issued or was given stands in any file that was written", async () => {
    const known = await stage.control.secrets();
    const issued = known.filter(({ parent }) => !parent);
    // At each exchange: of a lost answer, of the first version, of the one that could not be sealed, and of its successor.
    assert.equal(issued.filter(({ kind }) => kind === "secret").length, 8);
    assert.equal(issued.filter(({ kind }) => kind === "passphrase").length, 4);
    const parents = known.filter(({ parent }) => parent).map(({ exchange, kind }) => `${exchange} ${kind}`);
    for (const one of ["bybit secret", "okx secret", "okx passphrase"]) assert.ok(parents.includes(one), one);
    const hidden = known.map(
      ({ exchange, kind, parent, value }): Hidden => ({ kind: `${kind} of ${parent ? "the parent at " : ""}${exchange}`, value }),
    );
    assert.deepEqual(await findLeaks(written(), hidden), []);
  });

  it("could have escaped: what is no secret, the public ids, is found wherever something was written", async () => {
    const known = await stage.control.secrets();
    const ids = known.filter(({ parent }) => !parent).map(({ apiKey }): Hidden => ({ kind: "public id", value: apiKey }));
    const files = new Set((await findLeaks(written(), ids)).map(({ file }) => file));
    const kinds = {
      state: /\.pulumi\/stacks\//,
      backups: /\.pulumi\/backups\//,
      history: /\.pulumi\/history\//,
      output: /\.stdout$/,
      log: /\.stderr$/,
      events: /\.events$/,
      documents: /\/documents\//,
      trace: /\/trace$/,
      "log in the temporary folder": /\/temporary\/.*INFO/,
    };
    for (const [kind, name] of Object.entries(kinds))
      assert.ok(
        [...files].some((file) => name.test(file)),
        kind,
      );
  });

  it("could have escaped so: npm's logs, environments and command lines of the host too, and the journal were read", async () => {
    const marks = await findLeaks(Object.values(places), [{ kind: "mark", value: MARK }]);
    const files = marks.map(({ file }) => file);
    const isIn = (name: RegExp): boolean => files.some((file) => name.test(file));
    assert.ok(isIn(/\/npm\/.*-debug-[0-9]+\.log$/), "npm's logs");
    const journal = await readdir(places.journal);
    const starts = await Promise.all(
      journal.map(async (name) => (await readFile(join(places.journal, name), "utf8")).split("\n")[0]),
    );
    assert.ok(starts.length > 1 && starts.some((line) => line?.includes('"stack":"desk"')), "journals, with the stack's name");
    if (!CAN_WATCH_PROCESSES) return;
    assert.ok(isIn(/\.arguments$/), "command lines");
    const environments = files.filter((file) => file.endsWith(".environment"));
    const texts = await Promise.all(environments.map((file) => readFile(file, "utf8")));
    // The dynamic provider's host has what the language host of Pulumi gives it.
    assert.ok(
      texts.some((text) => /^PULUMI_NODEJS_PROJECT=/m.test(text)),
      "the host's environment",
    );
  });
});
