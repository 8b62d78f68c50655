import assert from "node:assert/strict";
import { lstat, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { fingerprint, readTree } from "../../scripts/setup/fingerprint";
import { root } from "../../scripts/setup/paths";
import { exportsOf, filesLoadedBy, nodePrints } from "./child";

const installed = join(root, "node_modules", "pulumi-exchange-keys");
const handler = "pulumi-exchange-keys/handlers/api-key";

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

describe("the installed package", function () {
  // Each case starts a Node process or reads a tree of files.
  this.timeout(60_000);

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
    assert.deepEqual(exports, {
      ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
      "./client": { types: "./dist/client/index.d.ts", default: "./dist/client/index.js" },
      "./handlers/api-key": { types: "./dist/handlers/api-key.d.ts", default: "./dist/handlers/api-key.js" },
      "./package.json": "./package.json",
    });
    await assert.rejects(
      nodePrints("--eval", 'require("pulumi-exchange-keys/dist/core/plan.js")'),
      /ERR_PACKAGE_PATH_NOT_EXPORTED/,
    );
  });

  it("exports what a program and a bot need, and nothing else", async () => {
    assert.deepEqual(Object.keys(await exportsOf("pulumi-exchange-keys")), ["ApiKey"]);
    assert.deepEqual(Object.keys(await exportsOf("pulumi-exchange-keys/client")).sort(), [
      "KeyError",
      "followKey",
      "isKind",
      "openKey",
    ]);
  });

  it("keeps the entry that every state requires, with all that the host calls", async () => {
    const methods = ["check", "configure", "create", "delete", "diff", "read", "update"];
    const found = await exportsOf(handler);
    assert.deepEqual(Object.keys(found).sort(), methods);
    assert.deepEqual(new Set(Object.values(found)), new Set(["function"]));
  });
});

describe("loading", function () {
  this.timeout(60_000);

  it("the bot's side loads no Pulumi, no exchange client and no AWS SDK", async () => {
    const files = await filesLoadedBy("pulumi-exchange-keys/client");
    assertLoadsNone(files, /^(@pulumi\/|ccxt$|@aws-sdk\/|@smithy\/|undici$)/);
  });

  it("the handler loads no Pulumi, no exchange client, no adapter and no AWS SDK before one is needed", async () => {
    const files = await filesLoadedBy(handler);
    assertLoadsNone(files, /^(@pulumi\/|ccxt$|@aws-sdk\/|@smithy\/)/);
    assert.deepEqual(
      files.filter((file) => /\/exchanges\/[^/]+\/(?!descriptor\.js$)/.test(file)),
      [],
    );
    assert.ok(files.some((file) => file.endsWith("/exchanges/registry.js")));
  });
});
