import assert from "node:assert/strict";
import { identityOf } from "../../providers/src/core/inputs";
import { mergeDocuments } from "../../providers/src/core/merge";
import type { SealedDocument } from "../../providers/src/seal/document";
import { day, documentOf, HASH, version } from "./samples";

const OVER = day(1).toISOString();
const UNTIL = day(40).toISOString();
const superseded = version(1, { state: "previous", retireAfter: OVER });
const recorded = documentOf([superseded, version(2)]);

function retireAfter(believed: SealedDocument | undefined): string | undefined {
  const { sealed: merged } = mergeDocuments({
    believed,
    recorded,
    identity: identityOf(recorded.identity),
    holder: "holder-1",
    hash: HASH,
    takesOver: false,
    unshown: false,
    extended: [],
    supersededUntil: UNTIL,
  });
  assert.deepEqual(
    merged.versions.map(({ state }) => state),
    ["previous", "current"],
  );
  return merged.versions[0]?.retireAfter;
}

describe("the overlap of a superseded version", () => {
  it("runs while its successor is shown as current", () => {
    assert.equal(retireAfter(recorded), OVER);
  });

  it("begins anew when the document is lost: bots may never have read the successor", () => {
    assert.equal(retireAfter(undefined), UNTIL);
  });

  it("becomes no shorter by a document that says an earlier end, and longer by one that says a later", () => {
    const shown = (end: string): SealedDocument => documentOf([version(1, { state: "previous", retireAfter: end }), version(2)]);
    assert.equal(retireAfter(shown(day(-1).toISOString())), OVER);
    assert.equal(retireAfter(shown(day(3).toISOString())), day(3).toISOString());
  });

  it("begins anew when an older document is shown", () => {
    assert.equal(retireAfter(documentOf([version(1)])), UNTIL);
    assert.equal(retireAfter(documentOf([])), UNTIL);
  });
});
