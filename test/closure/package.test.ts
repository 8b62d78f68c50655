import assert from "node:assert/strict";
import { lstat, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { fingerprint, readTree } from "../../scripts/setup/fingerprint";
import { root } from "../../scripts/setup/paths";
import { exportsOf, filesLoadedBy, nodePrints } from "./child";
import { DOORS, requestOf } from "./doors";

const installed = join(root, "node_modules", "pulumi-exchange-keys");

async function readJson(...path: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse(await readFile(join(...path), "utf8"));
}

/** Names of the packages among files, ours left out. */
function packagesOf(files: readonly string[]): ReadonlySet<string> {
  const names = files.map(
    (file) =>
      file
        .split("/node_modules/")
        .at(-1)
        ?.match(/^(?:@[^/]+\/)?[^/]+/)?.[0] ?? "",
  );
  return new Set(names.filter((name) => name !== "pulumi-exchange-keys"));
}

function assertLoadsNone(files: readonly string[], unwanted: RegExp): void {
  assert.deepEqual(
    [...packagesOf(files)].filter((name) => unwanted.test(name)),
    [],
  );
}

/** Modules that only a create, update, read or delete needs. A program and a preview would load them for nothing. */
function actsIn(files: readonly string[]): readonly string[] {
  return files.filter((file) =>
    /\/pulumi-exchange-keys\/dist\/(lifecycle|journal|wire)\/|-(acts|surroundings|store|sealer)\.js$/.test(file),
  );
}

describe("the installed package", function () {
  // Each case starts a Node process or reads a tree of files.
  this.timeout(300_000);

  it("is a real folder: by a symlink its code would be serialised by value", async () => {
    const found = await lstat(installed);
    assert.ok(found.isDirectory() && !found.isSymbolicLink());
    assert.equal(await realpath(installed), join(await realpath(root), "node_modules", "pulumi-exchange-keys"));
  });

  it("holds what the present sources compile to (else: npm run build)", async () => {
    const stamp = await readJson(installed, ".built.json");
    const sources = await readTree(join(root, "providers"), ["src", "package.json", "tsconfig.json"]);
    const compiler = await readFile(require.resolve("typescript/package.json", { paths: [root] }));
    const built = await readTree(installed, ["dist", "package.json"]);
    const now = { sources: fingerprint(sources.set("typescript/package.json", compiler)), built: fingerprint(built) };
    assert.deepEqual(stamp, now);
  });

  it("can be entered by these doors only", async () => {
    const { exports } = await readJson(installed, "package.json");
    const door = (path: string): object => ({ types: `./dist/${path}.d.ts`, default: `./dist/${path}.js` });
    const handlers = DOORS.map(({ handler }) => [`./handlers/${handler}`, door(`handlers/${handler}`)]);
    assert.deepEqual(exports, {
      ".": door("index"),
      "./aws": door("aws/index"),
      "./client": door("client/index"),
      ...Object.fromEntries(handlers),
      "./package.json": "./package.json",
    });
    await assert.rejects(
      nodePrints("--eval", 'require("pulumi-exchange-keys/dist/core/plan.js")'),
      /ERR_PACKAGE_PATH_NOT_EXPORTED/,
    );
  });

  it("exports what a program and a bot need, and nothing else", async () => {
    const resources = DOORS.map(({ resource }) => resource);
    assert.deepEqual(Object.keys(await exportsOf("pulumi-exchange-keys")).sort(), resources);
    assert.deepEqual(Object.keys(await exportsOf("pulumi-exchange-keys/client")).sort(), [
      "KeyError",
      "followKey",
      "isKind",
      "openForSigner",
      "openKey",
    ]);
    assert.deepEqual(Object.keys(await exportsOf("pulumi-exchange-keys/aws")).sort(), [
      "BotAccess",
      "EgressAddresses",
      "EgressRoutes",
      "SealingKey",
    ]);
  });

  for (const door of DOORS) {
    it(`keeps the entry that every ${door.resource} in state requires, with all that the host calls`, async () => {
      const methods = ["check", "configure", "create", "delete", "diff", "read", "update"];
      const found = await exportsOf(requestOf(door));
      assert.deepEqual(Object.keys(found).sort(), methods);
      assert.deepEqual(new Set(Object.values(found)), new Set(["function"]));
    });
  }
});

describe("loading", function () {
  this.timeout(300_000);

  it("the bot's side loads no Pulumi, no exchange client and no AWS SDK", async () => {
    const files = await filesLoadedBy("pulumi-exchange-keys/client");
    assertLoadsNone(files, /^(@pulumi\/|ccxt$|@aws-sdk\/|@smithy\/|undici$)/);
  });

  it("a program loads nothing that only an exchange or a KMS needs", async () => {
    const files = await filesLoadedBy("pulumi-exchange-keys");
    assertLoadsNone(files, /^(ccxt$|@aws-sdk\/|@smithy\/|undici$|@pulumi\/aws$)/);
    assert.deepEqual(actsIn(files), []);
  });

  for (const door of DOORS) {
    it(`the handler of ${door.resource} loads no Pulumi, and no adapter, client or SDK before one is needed`, async () => {
      const files = await filesLoadedBy(requestOf(door));
      assertLoadsNone(files, /^(@pulumi\/|ccxt$|@aws-sdk\/|@smithy\/|undici$)/);
      assert.deepEqual(
        files.filter((file) => /\/exchanges\/[^/]+\/(?!descriptor\.js$)/.test(file)),
        [],
      );
      assert.ok(files.some((file) => file.endsWith("/exchanges/registry.js")));
      assert.deepEqual(actsIn(files), []);
    });
  }
});
