import assert from "node:assert/strict";
import { docPassagesOf } from "../../scripts/style/language/doc-comments";
import { languageOf } from "../../scripts/style/language/limits";
import { measureMarkdown } from "../../scripts/style/language/measure";
import { judge, type Limits, RULES, readDocComments, readPages, renderReadings } from "../../scripts/style/language/rules";

const passagesOf = async (text: string) => (await import("../../scripts/style/language/passages.mjs")).passagesOf(text);
const words = (count: number) => Array.from({ length: count }, () => "word").join(" ");
const sentence = (count: number) => `Now ${words(count - 1)}.`;
const measure = async (text: string) => measureMarkdown(text, await passagesOf(text));
const found = async (text: string, limits: Limits = RULES) =>
  judge("pages", await readPages([{ path: "docs/x.md", text }]), limits).map(({ violations }) => violations);

describe("the language of pages: what is prose", () => {
  const cases: [what: string, text: string, prose: readonly string[]][] = [
    ["paragraphs, over several lines", "one\ntwo\n\nthree", ["one two", "three"]],
    ["items of lists, also within each other", "- one\n  - two\n\n1. three", ["one", "two", "three"]],
    ["quotes", "> one", ["one"]],
    ["texts of links and emphasis", "[one](https://a.example/b;c) **two** *three*", ["one two three"]],
    ["code as one word", "Set `a; b. c` now.", ["Set Code now."]],
    [
      "no heading, table, code block or comment",
      "# one\n\n| two |\n|---|\n| three; |\n\n```sh\nfour; five\n```\n\n<!-- six -->\n",
      [],
    ],
    ["no marked code that stands in a list", "- one\n\n  ```sh\n  two; three\n  ```", ["one"]],
  ];
  for (const [what, text, prose] of cases) {
    it(what, async () =>
      assert.deepEqual(
        (await passagesOf(text)).map((passage) => passage.text),
        prose,
      ),
    );
  }

  it("is found on the line where it begins", async () => {
    const lines = (await passagesOf("# one\n\ntwo\nthree\n\n- four\n- five\n")).map(({ line, text }) => [line, text]);
    assert.deepEqual(lines, [
      [3, "two three"],
      [6, "four"],
      [7, "five"],
    ]);
  });
});

describe("the language of pages: rules", () => {
  it("let a sentence have 25 words, and find one of 26", async () => {
    assert.deepEqual((await found(`${sentence(25)} ${sentence(25)}`))[0], []);
    assert.deepEqual((await found(`x\n\n${sentence(3)} ${sentence(26)}`))[0]?.length, 1);
    assert.match((await found(`x\n\n${sentence(26)}`))[0]?.[0] ?? "", /^docs\/x\.md:3: 26 words: Now word/);
  });

  it("begin a sentence with code, and do not end one within it", async () => {
    assert.equal((await measure("One is `a. B` here. `c` is two.")).sentences, 2);
  });

  it("let a line have 140 characters, and find one of 141 that is no table", async () => {
    assert.deepEqual((await found("x".repeat(140)))[1], []);
    assert.deepEqual((await found(`\n${"x".repeat(141)}`))[1], ["docs/x.md:2: 141 characters"]);
    assert.deepEqual((await found(`| a |\n|---|\n| ${"x".repeat(200)} |`))[1], []);
    assert.equal((await found(`\`\`\`ts\n${"x".repeat(141)}\n\`\`\``))[1]?.length, 1);
  });

  it("let 100 sentences have two semicolons, and find three", async () => {
    const page = (semicolons: number) => `${"One; two. ".repeat(semicolons)}${"Three. ".repeat(100 - semicolons)}`;
    assert.deepEqual((await found(page(2)))[2], []);
    assert.deepEqual((await found(page(3)))[2], ["docs/x.md: 3"]);
  });

  it("let through what a limit names, and no more", async () => {
    const limits = { longSentences: 1, wideLines: 1, semicolonRate: 50 };
    const page = (count: number) => `${Array.from({ length: count }, () => `${words(26)}; ${words(10)}.`).join("\n\n")}`;
    assert.deepEqual(
      (await found(page(1), limits)).map(({ length }) => length),
      [0, 0, 1],
    );
    assert.deepEqual(
      (await found(page(2), limits)).map(({ length }) => length),
      [2, 2, 1],
    );
  });
});

describe("the language of doc comments", () => {
  const comments = async (text: string) =>
    (await docPassagesOf({ path: "a.ts", text })).map((passage) => [passage.line, passage.text]);

  it("is in comments with two stars, of declarations and of their parts", async () => {
    const text =
      'const s = "/** no */";\n/** One. */\nexport interface A {\n  // no\n  /** Two\n   * three. */\n  a: string;\n}\n/* no */\n';
    assert.deepEqual(await comments(text), [
      [2, "One."],
      [5, "Two three."],
    ]);
  });

  it("begins anew at a tag", async () => {
    assert.deepEqual(await comments("/**\n * One\n * @throws Error when two\n */\nfunction f() {}"), [
      [2, "One"],
      [4, "Error when two"],
    ]);
  });

  it("is held to the words and semicolons", async () => {
    const source = { path: "providers/src/a.ts", text: `/** ${sentence(26)} One; two. */\nexport const a = 1;` };
    const results = judge(
      "comments",
      await readDocComments([source, { ...source, path: "test/a.ts" }], ["providers/src/"]),
      RULES,
    );
    assert.deepEqual(
      results.map(({ violations }) => violations.length),
      [1, 0, 1],
    );
  });
});

describe("the measured numbers", () => {
  const page = { path: "docs/x.md", text: `${sentence(26)} One; two.` };

  it("are printed for each page, and in sum", async () => {
    const [, row] = renderReadings(await readPages([page])).split("\n");
    assert.deepEqual(row?.split(/\s+/), ["docs/x.md", "2", "1", "1", "50.0", String(page.text.length)]);
    assert.match((await languageOf([], [page])).numbers, /^all pages +2 +1 +1 +50\.0/m);
  });

  it("fail the check when a page breaks a rule", async () => {
    const broken = (await languageOf([], [page])).results.filter(({ violations }) => violations.length > 0);
    assert.deepEqual(
      broken.map(({ rule }) => rule),
      ["pages: sentences of more than 25 words", "pages: semicolons per 100 sentences"],
    );
  });
});
