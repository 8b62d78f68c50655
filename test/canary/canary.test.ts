import assert from "node:assert/strict";
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { findLeaks, type Hidden, type Leak } from "../../harness/leak-search";
import { CAN_WATCH_PROCESSES } from "../../harness/processes";
import { descriptorOf } from "../../providers/src/exchanges/registry";
import { root, stateFolder } from "../../scripts/setup/paths";
import { LoudDesk, MARK } from "./loud-desk";
import { changedInCheckout, isMissing } from "./places";
import { publicationsIn } from "./publications";

describe("in a whole story at the highest verbosity, on every exchange that issues keys, no secret", function () {
  this.timeout(1_200_000);
  const planted = join(stateFolder, `canary-${process.pid}`);
  let desk: LoudDesk;
  let changed: readonly string[];

  before(async () => {
    desk = await LoudDesk.open();
    await mkdir(stateFolder, { recursive: true });
    await writeFile(planted, MARK);
    await playLoudly();
    // By the clock of the file system.
    changed = changedInCheckout((await stat(planted)).ctimeMs);
  });
  after(async () => {
    await rm(planted);
    await desk.close();
  });

  async function playLoudly(): Promise<void> {
    const { stage, exchanges } = desk;
    const { control } = stage;
    const up = ["up", "--yes", "--skip-preview"];
    assert.equal(await desk.loud("preview", "--diff"), 0);
    for (const exchange of exchanges) await control.addFault({ kind: "loseAnswer", exchange, operation: "issue" });
    assert.equal(await desk.loud(...up), 0);
    await stage.assertServed();
    for (const { exchange, apiKey } of await control.keys()) await control.editKey(exchange, apiKey, { ips: ["127.0.66.6"] });
    assert.equal(await desk.loud("preview", "--refresh", "--expect-no-changes", "--diff", "--debug"), 7);
    assert.equal(await desk.loud(...up, "--refresh"), 0);
    await control.advance("30d");
    await chmod(desk.sealingKey, 0o644);
    assert.notEqual(await desk.loud(...up, "--continue-on-error"), 0);
    await chmod(desk.sealingKey, 0o600);
    // Without --logtostderr the log is a file in the temporary folder.
    const trace = join(desk.places.at("logs"), "trace");
    assert.equal(await desk.run(...up, "-v=9", "--debug", "--tracing", `file:${trace}`), 0);
    await stage.assertServed();
    await control.advance("26h");
    assert.equal(await desk.loud(...up), 0);
    for (const show of [
      ["output", "--json", "--show-secrets"],
      ["export", "--show-secrets"],
      ["history", "--show-secrets"],
    ]) {
      assert.equal(await desk.run("stack", ...show), 0);
    }
    assert.equal(await desk.loud("destroy", "--yes", "--skip-preview"), 0);
    assert.deepEqual(await control.keys(), []);
  }

  it("of a parent, of a key or of sealing stands in anything that was written, nor in a name of it, after any run", async () => {
    const known = await desk.stage.control.secrets();
    for (const exchange of desk.exchanges) {
      const { passphrase, credentials } = descriptorOf(exchange);
      const count = (kind: string, parent: boolean): number =>
        known.filter((one) => one.exchange === exchange && one.kind === kind && one.parent === parent).length;
      // Of a lost answer, of the first version, and of its successor. One that cannot be sealed is issued too, but for those whose passphrase is
      // sealed before.
      const versions = passphrase?.value.toManage === true ? 3 : 4;
      assert.equal(count("secret", false), versions, `${exchange}: secrets`);
      assert.equal(count("passphrase", false), passphrase === undefined ? 0 : versions, `${exchange}: passphrases`);
      for (const kind of ["secret", "passphrase"] as const) {
        assert.equal(count(kind, true) > 0, credentials.includes(kind), `${exchange}: ${kind} of the parent`);
      }
    }
    assert.deepEqual(desk.leaks, []);
  });

  it("stands in the checkout, whose packages are as they were", async () => {
    const hidden = await desk.hidden();
    const leaks = await Promise.all(changed.map((path) => leaksAt(path, hidden)));
    assert.deepEqual(leaks.flat(), []);
    const packages = join(root, "node_modules");
    const outside = changed.filter((path) => path.startsWith(packages) && !path.startsWith(join(packages, ".cache")));
    assert.deepEqual(outside, []);
    assert.ok(changed.includes(planted), "what was written there is found");
  });

  it("could have gone elsewhere: no process opened any other file to write to it", function () {
    if (!desk.isTraced) this.skip();
    assert.deepEqual([...desk.elsewhere], []);
  });

  it("could have escaped: what is no secret, the public ids, is found wherever something was written", async () => {
    const known = await desk.stage.control.secrets();
    const issued = known.filter(({ parent }) => !parent);
    const ids = issued.map(({ exchange, apiKey }): Hidden => ({ kind: exchange, value: apiKey }));
    const found = await desk.find(ids);
    const kinds = {
      state: /\.pulumi\/stacks\//,
      backups: /\.pulumi\/backups\//,
      history: /\.pulumi\/history\//,
      output: /\.stdout$/,
      log: /\.stderr$/,
      events: /\.events$/,
      trace: /\/trace$/,
      ...(desk.isTraced ? { "bytes written": /\.calls$/ } : {}),
      "log in the temporary folder": /\/temporary\/.*INFO/,
      "deleted documents": /\/kept\/.*\/documents\//,
      "replaced states": /\/kept\/.*\.pulumi\/stacks\//,
    };
    const files = [...new Set(found.map(({ file }) => file))];
    const missing = Object.entries(kinds).filter(([, name]) => !files.some((file) => name.test(file)));
    assert.deepEqual(missing, []);
    const seen = found.filter(({ file }) => kinds["deleted documents"].test(file)).map(({ kind }) => kind);
    assert.deepEqual([...new Set(seen)].sort(), [...desk.exchanges].sort());
  });

  it("could have escaped so: after each run, and in every version of a document that was ever published", async () => {
    assert.equal(desk.marked.size, desk.runs);
    const published = await publicationsIn(desk.places.at("journal"));
    const kept = await readdir(desk.kept, { recursive: true, withFileTypes: true });
    const files = kept.filter((entry) => entry.isFile() && entry.parentPath.endsWith("/documents"));
    // The name of a draft tells nothing: its text says whose it is.
    const named = await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const isDraft = name.startsWith(".exchange-keys-");
        return { parentPath, name, text: isDraft ? await readFile(join(parentPath, name), "utf8") : "" };
      }),
    );
    for (const exchange of desk.exchanges) {
      const isOf = ({ name, text }: { readonly name: string; readonly text: string }): boolean =>
        name.startsWith(`${exchange}.json`) || text.includes(`"exchange": "${exchange}",`);
      const versions = named.filter(isOf);
      const times = published.get(`${exchange}.json`) ?? 0;
      // A draft and the document that it becomes are one file, under one number.
      const numbers = new Set(versions.map(({ parentPath }) => parentPath));
      assert.ok(times > 4, `${exchange}: ${times} publications`);
      assert.ok(numbers.size >= times, `${exchange}: ${numbers.size} of ${times} publications`);
    }
  });

  it("could have escaped so: npm's logs, environments and command lines of the host too, and the journal were read", async () => {
    const marks = await desk.find([{ kind: "mark", value: MARK }]);
    const files = marks.map(({ file }) => file);
    const isIn = (name: RegExp): boolean => files.some((file) => name.test(file));
    assert.ok(isIn(/\/npm\/.*-debug-[0-9]+\.log$/), "npm's logs");
    const journal = await readdir(desk.places.at("journal"));
    const starts = await Promise.all(
      journal.map(async (name) => (await readFile(join(desk.places.at("journal"), name), "utf8")).split("\n")[0]),
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

/** A file that another run has taken away meanwhile holds nothing. */
async function leaksAt(path: string, hidden: readonly Hidden[]): Promise<readonly Leak[]> {
  try {
    return await findLeaks([path], hidden);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
