import { lexer, type Token, type Tokens } from "marked";
import type { Passage } from "./measure.js";

/** Begins with a capital, so that a sentence may begin with code. */
const CODE = "Code";

/** The prose of a Markdown text. */
export function passagesOf(markdown: string): readonly Passage[] {
  return inOrder(lexer(markdown), 1);
}

function inOrder(tokens: readonly Token[], first: number): readonly Passage[] {
  let line = first;
  return tokens.flatMap((token) => {
    const found = passagesIn(token, line);
    line += token.raw.split("\n").length - 1;
    return found;
  });
}

function passagesIn(token: Token, line: number): readonly Passage[] {
  switch (token.type) {
    case "paragraph":
    case "text": {
      const text = plain([token]).replace(/\s+/g, " ").trim();
      return text === "" ? [] : [{ line, text }];
    }
    case "list":
      return inOrder((token as Tokens.List).items as readonly Token[], line);
    case "list_item":
    case "blockquote":
      return inOrder(childrenOf(token), line);
    default:
      return [];
  }
}

function plain(tokens: readonly Token[]): string {
  return tokens.map(plainOf).join("");
}

function plainOf(token: Token): string {
  if (token.type === "codespan") return CODE;
  if (token.type === "html" || token.type === "image") return "";
  if (token.type === "br") return " ";
  const children = childrenOf(token);
  return children.length > 0 ? plain(children) : "text" in token ? String(token.text) : token.raw;
}

function childrenOf(token: Token): readonly Token[] {
  return "tokens" in token ? (token.tokens ?? []) : [];
}
