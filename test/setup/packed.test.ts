import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { root } from "../../scripts/setup/paths";

/** Not of the checkout's text. */
const LEFT_OUT = ["node_modules", ".git", ".exchange-keys", "dist"];

/** What a stranger's program and bot write first. Compiled against the package's own types. */
const PROGRAM = `
import { AdoptedApiKey, ApiKey, SubAccount, type ApiKeyArgs } from "pulumi-exchange-keys";
import { KeyError, followKey, isKind, openForSigner, openKey } from "pulumi-exchange-keys/client";
import { BotAccess, EgressAddresses, EgressRoutes, SealingKey } from "pulumi-exchange-keys/aws";
const scopes: ApiKeyArgs["scopes"] = ["read", "spot"];
// @ts-expect-error a scope that there is not
const none: ApiKeyArgs["scopes"] = ["gamble"];
export const all = [AdoptedApiKey, ApiKey, SubAccount, KeyError, followKey, isKind, openForSigner, openKey, BotAccess, EgressAddresses, EgressRoutes, SealingKey];
export { scopes, none };
`;

describe("the packed package", function () {
  this.timeout(1_800_000);
  let folder: string;
  let tarball: string;
  let files: readonly string[];
  let unpacked: string;

  function run(cwd: string, program: string, ...args: readonly string[]): string {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|MOCHA)/i.test(name)));
    const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: "utf8", env });
    assert.equal(status, 0, `${program} ${args.join(" ")}\n${stdout}\n${stderr}`);
    return stdout;
  }

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "packed-"));
    const copy = join(folder, "checkout");
    cpSync(root, copy, { recursive: true, filter: (path) => !LEFT_OUT.includes(basename(path)) });
    symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
    const [packed] = JSON.parse(run(join(copy, "providers"), "npm", "pack", "--json", "--pack-destination", folder));
    tarball = join(folder, packed.filename);
    files = packed.files.map(({ path }: { readonly path: string }) => path);
    run(folder, "tar", "-xzf", tarball);
    unpacked = join(folder, "package");
    assert.deepEqual(readdirSync(join(copy, "providers")).sort(), ["README.md", "dist", "package.json", "src", "tsconfig.json"]);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const text = (path: string): string => readFileSync(join(unpacked, path), "utf8");

  it("holds README, licence, changes, types, documents and the policy pack, and nothing of the workshop", () => {
    const entries = ["index", "client/index", "aws/index"].flatMap((entry) => [`dist/${entry}.js`, `dist/${entry}.d.ts`]);
    const policy = ["PulumiPolicy.yaml", "package.json", "index.ts", "exchanges.json"].map((file) => `policy/${file}`);
    for (const file of ["README.md", "LICENSE", "CHANGELOG.md", "package.json", ...entries, ...policy]) {
      assert.ok(files.includes(file), file);
    }
    assert.match(text("LICENSE"), /Apache License\s+Version 2\.0/);
    const known = /^(dist|docs|policy)\/|^(README\.md|LICENSE|CHANGELOG\.md|package\.json)$/;
    assert.deepEqual(
      files.filter((file) => !known.test(file) || /node_modules|\.test\.|\.built|\.env|\.pem/.test(file)),
      [],
    );
  });

  it("holds every document that its README and its code speak of", () => {
    const speaking = files.filter((file) => /^README\.md$|^dist\/.*\.js$/.test(file));
    const named = speaking.flatMap((file) => [...text(file).matchAll(/\bdocs\/[\w/-]+\.(?:md|json)/g)].map(([found]) => found));
    assert.ok(named.length > 3);
    assert.deepEqual(
      [...new Set(named)].filter((document) => !files.includes(document)),
      [],
    );
    const linked = [...text("README.md").matchAll(/\]\(([^)#:]+)\)/g)].map(([, link = ""]) => link);
    assert.deepEqual(
      linked.filter((link) => !existsSync(join(unpacked, link))),
      [],
    );
  });

  it("has source maps with their sources only", () => {
    const maps = files.filter((file) => file.endsWith(".map"));
    for (const map of maps) {
      const { sources, sourcesContent = [] } = JSON.parse(text(map));
      assert.equal(sourcesContent.filter((source: unknown) => typeof source === "string").length, sources.length, map);
    }
    const pointed = files.filter((file) => file.endsWith(".js") && /sourceMappingURL=/.test(text(file)));
    assert.deepEqual(
      pointed.filter((file) => !maps.includes(`${file}.map`)),
      [],
    );
  });

  it("says where it comes from", () => {
    const { repository, homepage, bugs, keywords, license } = JSON.parse(text("package.json"));
    assert.ok(keywords.includes("pulumi") && license === "Apache-2.0");
    assert.equal(repository.directory, "providers");
    const [, home] = /^git\+(https:.*)\.git$/.exec(repository.url) ?? [];
    assert.deepEqual([homepage, bugs.url], [`${home}#readme`, `${home}/issues`]);
  });

  it("can be installed into an empty project, where every entry loads and its types hold", () => {
    const project = join(folder, "project");
    mkdirSync(project);
    const { devDependencies, dependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const own = ["typescript", "@pulumi/pulumi", "@pulumi/aws"].map((name) => `${name}@${dependencies[name]}`);
    const manifest = { name: "stranger", private: true, dependencies: {} };
    writeFileSync(join(project, "package.json"), JSON.stringify(manifest));
    const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"];
    run(project, "npm", "install", ...quiet, tarball, ...own, `@types/node@${devDependencies["@types/node"]}`);
    writeFileSync(join(project, "main.ts"), PROGRAM);
    const options = ["--strict", "--module", "node16", "--target", "es2022", "--skipLibCheck", "--types", "node"];
    run(project, process.execPath, "node_modules/typescript/bin/tsc", ...options, "main.ts");
    const loaded = run(
      project,
      process.execPath,
      "-e",
      "console.log(require('./main.js').all.every((one) => typeof one === 'function'))",
    );
    assert.equal(loaded.trim(), "true");
    const shown = run(project, process.execPath, "node_modules/pulumi-exchange-keys/dist/cli/main.js", "exchanges");
    assert.match(shown, /OPERATIONS BY API/);
    assert.equal(
      dirname(run(project, process.execPath, "-p", "require.resolve('pulumi-exchange-keys')").trim()).includes(project),
      true,
    );
  });
});
