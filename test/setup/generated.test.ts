import assert from "node:assert/strict";
import type { Section } from "../../providers/src/cli/view/section";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import { renderOverview, renderPage, renderReadme } from "../../scripts/generated/exchange-docs";
import { markdownSection, wrapped } from "../../scripts/generated/markdown";

const [descriptor] = DESCRIPTORS;

describe("generated documents", () => {
  it("take no text of a fact for Markdown", () => {
    const shown: Section = {
      title: "T",
      head: ["fact", "flag"],
      rows: [["a|b *c* <d> [e] `f|g_h`", "x|y_z"]],
      notes: ["_n_"],
    };
    const row = "| a\\|b \\*c\\* \\<d\\> \\[e\\] `f\\|g_h` | `x\\|y_z` |";
    assert.equal(markdownSection(shown), `## T\n\n| fact | flag |\n|---|---|\n${row}\n\n\\_n\\_`);
  });

  it("change nothing of the README but what stands between the marks", () => {
    assert.ok(descriptor);
    const readme = "before\n<!-- generated:exchanges -->\nold\n<!-- /generated:exchanges -->\nafter\n";
    const written = renderReadme(readme, [descriptor]);
    assert.ok(written.startsWith("before\n<!-- generated:exchanges -->\n| exchange |"));
    assert.ok(written.endsWith("\n<!-- /generated:exchanges -->\nafter\n") && !written.includes("old"));
    assert.equal(renderReadme(written, [descriptor]), written);
    assert.throws(() => renderReadme("no marks", [descriptor]), /README\.md has no /);
  });

  it("show no unconfirmed value in the README, and every one beside the pages", () => {
    const marks = "<!-- generated:exchanges -->\n<!-- /generated:exchanges -->\n";
    assert.doesNotMatch(renderReadme(marks, DESCRIPTORS), / \? \|/);
    const overview = renderOverview(DESCRIPTORS);
    assert.match(overview, /\| \d+ \? \|/);
    for (const { id, title } of DESCRIPTORS) assert.ok(overview.includes(`| [${title}](${id}.md) |`), id);
  });

  it("wrap paragraphs, and begin no line with a mark", () => {
    const word = "x".repeat(59);
    assert.equal(wrapped(`${word} ${word} ${word}`), `${word} ${word}\n${word}`);
    assert.equal(wrapped(`- ${word} ${word} y`, "  "), `- ${word}\n  ${word} y`);
    for (const mark of ["-", "1.", "#", ">", "+"]) {
      assert.equal(wrapped(`${word} ${word} ${mark} ${word}`), `${word} ${word} ${mark}\n${word}`);
    }
  });

  it("mark what no source settles", () => {
    assert.ok(descriptor);
    const limits = (confirmed: boolean) => ({
      ...descriptor.limits,
      ipsPerKey: { ...descriptor.limits.ipsPerKey, value: 7, confirmed },
    });
    assert.match(renderPage({ ...descriptor, limits: limits(true) }), /\| addresses per key \| 7 \|/);
    assert.match(renderPage({ ...descriptor, limits: limits(false) }), /\| addresses per key \| 7 \? \|/);
  });
});
