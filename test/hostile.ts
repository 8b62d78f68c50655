import assert from "node:assert/strict";

/** Clears the screen, reverses what follows, hides itself, and ends a line in two more ways. */
export const HOSTILE = "\u001b[2J\u009b1A\u202egnp\u2066\u200b\u2028\r\u0007\u00ad\u{e0041}";

/** How the first of it is shown. */
export const ESCAPED = /\\u001b\[2J\\u009b1A\\u202egnp\\u2066\\u200b\\u2028\\u000d\\u0007\\u00ad\\udb40\\udc41/;

/** A text for people, colours of other programs apart, obeys nothing and hides nothing. */
export function assertHarmless(text: string): void {
  const found = /(?!\n)[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.exec(text);
  assert.equal(found, null, JSON.stringify(text));
}
