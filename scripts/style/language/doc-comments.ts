import ts from "typescript";
import type { Source } from "../source";
import type { Passage } from "./measure";

/** The prose of the doc comments of a source file. Each tag, such as `@throws`, begins a passage. */
export async function docPassagesOf({ path, text }: Source): Promise<readonly Passage[]> {
  const { passagesOf } = await import("./passages.mjs");
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const comments = new Map<number, string>();
  const visit = (node: ts.Node): void => {
    for (const comment of ts.getJSDocCommentsAndTags(node)) {
      if (ts.isJSDoc(comment)) comments.set(comment.pos, comment.getText(file));
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return [...comments].flatMap(([at, comment]) => {
    const start = file.getLineAndCharacterOfPosition(at).line;
    return passagesOf(contentOf(comment)).map((passage) => ({ ...passage, line: start + passage.line }));
  });
}

function contentOf(comment: string): string {
  return comment
    .replace(/^\/\*\*[ \t]?/, "")
    .replace(/\s*\*\/$/, "")
    .replace(/^[ \t]*\*[ \t]?/gm, "")
    .replace(/\s*@(?:throws|param|returns?|see|example|deprecated|template|default)\b/g, "\n\n");
}
