import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "../..");
const markdown = ["README.md", ...readdirSync(join(root, "docs")).map((name) => join("docs", name))].filter((path) =>
  path.endsWith(".md"),
);
/** What a person learns from, and what the demo's bots do. */
const places = [...markdown, "harness/desk.ts"];

/** Every call of an opener, up to its closing parenthesis. */
function callsIn(text: string): readonly string[] {
  return [...text.matchAll(/\b(?:openKey|followKey|openForSigner)\(/g)].map(({ index, 0: start }) => {
    let depth = 1;
    let at = index + start.length;
    for (; depth > 0 && at < text.length; at += 1) depth += text[at] === "(" ? 1 : text[at] === ")" ? -1 : 0;
    return text.slice(index, at);
  });
}

describe("examples of opening a key", () => {
  const calls = places.flatMap((path) => callsIn(readFileSync(join(root, path), "utf8")).map((call) => [path, call] as const));

  it("are there", () => assert.ok(calls.length >= 6, String(calls.length)));

  for (const [path, call] of calls) {
    it(`name what seals it: ${path}, ${call.slice(0, 50).replaceAll(/\s+/g, " ")}`, () => assert.match(call, /\bsealedBy\b/));
  }
});
