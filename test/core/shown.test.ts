import assert from "node:assert/strict";
import { showDrift } from "../../providers/src/core/adopted-document";
import { KeyError } from "../../providers/src/core/errors";
import { driftOf } from "../../providers/src/core/record";
import { changeBetween } from "../../providers/src/core/sets";
import { shown, shownLines } from "../../providers/src/core/shown";
import { assertHarmless, ESCAPED, HOSTILE } from "../hostile";

describe("text of others", () => {
  it("is shown with everything that a terminal obeys or nobody sees written out", () => {
    assert.match(shown(HOSTILE), ESCAPED);
    // A soft hyphen, fillers, a variation selector, a private character, half a character, and one that is none.
    for (const code of [0x00, 0x0a, 0x7f, 0x9f, 0xad, 0x034f, 0x061c, 0x115f, 0x180e, 0x200d, 0x2029, 0x202a, 0x2069, 0x3164]) {
      assert.equal(shown(String.fromCharCode(code)), `\\u${code.toString(16).padStart(4, "0")}`);
    }
    for (const code of [0xfe0f, 0xfeff, 0xffa0, 0xe000, 0xd800, 0xffff, 0xe0001, 0xe0100]) {
      assertHarmless(shown(String.fromCodePoint(code)));
    }
    const readable = "Bücher, 売買, العربية, +scope \\ 🔑 …";
    assert.equal(shown(readable), readable);
  });

  it("can be shown twice, is one line, and comes back from JSON as it was", () => {
    assert.equal(shown(shown(HOSTILE)), shown(HOSTILE));
    assert.equal(JSON.parse(shown(JSON.stringify(HOSTILE))), HOSTILE);
    assert.equal(shownLines("a\nb\u001b"), "a\nb\\u001b");
  });

  it("is escaped in drift and in errors, and compared as it is", () => {
    assert.deepEqual(changeBetween(["a\u200b"], ["a"]), { added: ["a"], removed: ["a\u200b"] });
    const drift = driftOf([
      [`key ${HOSTILE}`, `+${HOSTILE}`],
      ["nothing", ""],
    ]);
    assertHarmless(showDrift(drift));
    assert.equal(Object.keys(drift).length, 1);
    const facts = { message: HOSTILE, exchange: "here", operation: HOSTILE, code: HOSTILE, hint: HOSTILE };
    assertHarmless(new KeyError({ kind: "BadResponse", ...facts }).message);
  });
});
