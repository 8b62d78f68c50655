import assert from "node:assert/strict";
import { apply } from "../../scripts/style/rule";
import { documentRules, houseRules, withoutComments } from "../../scripts/style/rules";
import { exchangeIds, readSources } from "../../scripts/style/source";

const rules = houseRules(["acme"]);
const find = (name: string) => rules.find((rule) => rule.name.includes(name)) ?? assert.fail(`no rule ${name}`);
const product = "providers/src/lifecycle/x.ts";

describe("house rules find what they forbid", () => {
  const cases: [rule: string, path: string, bad: string, good: string][] = [
    ["no cast", product, "const a = b as unknown as C;", "const a = b as C; // as unknown as"],
    ["console only", product, 'console.log("x");', "const consoles = 1;"],
    ["process.env only", "providers/src/core/x.ts", "process.env.HOME;", "env.HOME;"],
    ["fetch only", product, "await fetch(url);", "await wire.fetch(url); refetch();"],
    ["outside its own folders", product, "const x = acmeLimit;", "const x = acmeist; // acme"],
    ["outside its own folders", "providers/src/exchanges/other/adapter.ts", 'f("ACME_KEY");', "// Acme does it too"],
    ["contract suite", "test/exchanges/contract.test.ts", "// as acme does", "// as one does"],
    ["core reaches", "providers/src/core/x.ts", 'import { a } from "../seal/a";', 'import type { A } from "../seal/a";'],
    ["core reaches", "providers/src/core/x.ts", "const now = new Date();", "const then = new Date(text);"],
    ["know nothing", "sandbox/x.ts", 'import { a } from "../providers/src/a";', 'import { a } from "./providers";'],
    ["no empty catch", product, "try { f(); } catch (error) {}", "try { f(); } catch (error) { throw error; }"],
    ["no empty catch", product, "f().catch(() => undefined);", "f().catch((error) => report(error));"],
    ["at most 250", product, `${"\n".repeat(250)}x`, `${"\n".repeat(249)}x`],
    ["no TODO", product, "// TODO later", "// TODO (#12) later"],
  ];
  for (const [rule, path, bad, good] of cases) {
    it(`${rule}: ${JSON.stringify(bad.trim())}`, () => {
      assert.equal(find(rule).find({ path, text: bad }).length, 1);
      assert.deepEqual(find(rule).find({ path, text: good }), []);
    });
  }

  const shown: [rule: string, bad: string, good: string][] = [
    ["npx with", "Run `npx exchange-keys journal`.", "Run `npx --no-install exchange-keys journal`; plain `npx` is refused."],
    ["npx with", "npx -y tsx a.ts", "npm exec --no -- tsx a.ts"],
    ["no bare", "```sh\nexchange-keys adopt --owner x\n```", "```sh\nnpx --no-install exchange-keys adopt\n```"],
    ["no bare", "1. x:\n\n   ```sh\n   a | exchange-keys preflight\n   ```", "`exchange-keys adopt` seals a key."],
  ];
  for (const [name, bad, good] of shown) {
    it(`${name}: ${JSON.stringify(bad)}`, () => {
      const rule = documentRules().find((one) => one.name.includes(name)) ?? assert.fail(`no rule ${name}`);
      assert.equal(rule.find({ path: "docs/x.md", text: bad }).length, 1);
      assert.deepEqual(rule.find({ path: "docs/x.md", text: good }), []);
    });
  }

  it("no file named", () => {
    assert.equal(find("no file named").find({ path: "scripts/string-utils.ts", text: "" }).length, 1);
    assert.equal(find("no file named").find({ path: "scripts/strings.ts", text: "" }).length, 0);
  });
});

describe("house rules", () => {
  it("let an exchange speak of itself in its own folder", () => {
    assert.deepEqual(
      find("outside its own folders").find({ path: "providers/src/exchanges/acme/adapter.ts", text: 'f("acme")' }),
      [],
    );
  });

  it("let an exchange of a family speak of the one whose name it bears, and not the other way round", () => {
    const rule = houseRules(["acme", "acmepro"]).find(({ name }) => name.includes("outside its own folders")) ?? assert.fail();
    const found = (id: string, text: string) => rule.find({ path: `providers/src/exchanges/${id}/adapter.ts`, text }).length;
    assert.deepEqual([found("acmepro", 'f("Acme")'), found("acme", 'f("acmepro")'), found("acme", 'f("Acme")')], [0, 1, 0]);
  });

  it("keep line numbers when comments go", () => {
    assert.equal(withoutComments("a /* b\nc */ d // e\nf"), `a     \n     d     \nf`);
  });

  it("do not take an address for a comment", () => {
    assert.equal(withoutComments('const a = "https://x.example/y";'), 'const a = "https://x.example/y";');
  });

  it("accept exact numbers only", () => {
    const rule = { name: "r", find: () => [1, 2], accepted: { "a.ts": 2, "b.ts": 3, "gone.ts": 1 } };
    const sources = ["a.ts", "b.ts", "c.ts"].map((path) => ({ path, text: "" }));
    assert.deepEqual(apply(rule, sources), {
      rule: "r",
      expected: 6,
      found: 6,
      violations: [
        "b.ts: 3 accepted, only 2 found; lower the accepted number",
        "c.ts:1",
        "c.ts:2",
        "gone.ts: accepted, but the file is gone",
      ],
    });
  });

  it("read this repository, and know its exchanges by their folders", () => {
    const sources = readSources();
    assert.ok(sources.some(({ path }) => path === "test/setup/style.test.ts"));
    assert.ok(!sources.some(({ path }) => path.includes("node_modules")));
    assert.deepEqual(
      exchangeIds([
        { path: "providers/src/exchanges/acme/types.ts", text: "" },
        { path: "providers/src/exchanges/registry.ts", text: "" },
      ]),
      ["acme"],
    );
  });
});
