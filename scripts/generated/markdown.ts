import type { Section } from "../../providers/src/cli/view/section";

/** Columns whose texts are copied, not read. */
const CODE: ReadonlySet<string> = new Set(["operation", "flag", "code", "kind", "site", "host", "call"]);

/** A section under a heading. */
export function markdownSection({ title, head, rows, notes }: Section): string {
  const paragraphs = notes.map((note) => wrapped(prose(note)));
  return [`## ${title}`, markdownTable(head, rows), ...paragraphs].join("\n\n");
}

const WIDTH = 120;

/** A paragraph or list item in lines of at most 120 characters, all but the first indented. No line begins with what Markdown takes for a list, a heading or a quote. */
export function wrapped(paragraph: string, indent = ""): string {
  const [first = "", ...words] = paragraph.split(" ");
  const lines = [first];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (longer.length <= WIDTH || /^(?:[-+*#>]|\d+[.)]$)/.test(word)) lines[lines.length - 1] = longer;
    else lines.push(`${indent}${word}`);
  }
  return lines.join("\n");
}

/** Texts as they are, but for columns of code. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  const shown = rows.map((row) => row.map((cell, column) => (CODE.has(head[column] ?? "") ? code(cell) : prose(cell))));
  return [line(head), `|${"---|".repeat(head.length)}`, ...shown.map(line)].join("\n");
}

function code(text: string): string {
  return text === "" ? "" : `\`${text.replaceAll("|", "\\|")}\``;
}

/** Nothing in a text is taken for Markdown, but for what stands between backticks already. */
function prose(text: string): string {
  const parts = text.split("`");
  return parts
    .map((part, index) => (index % 2 === 1 ? part.replaceAll("|", "\\|") : part.replace(/[\\|*_<>[\]]/g, "\\$&")))
    .join("`");
}
