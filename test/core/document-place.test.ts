import assert from "node:assert/strict";
import * as pack from "../../policy/place";
import * as provider from "../../providers/src/core/document-place";
import { DeclaredKeys } from "../../providers/src/resources/registry";

/** URLs, and whether they mean one place. */
const cases: readonly (readonly [one: string, other: string, same: boolean])[] = [
  ["file:///keys/a.json", "file:///keys/%61.json", true],
  ["file:///keys/a.json", "file:///keys//x/../a.json", true],
  ["file:///keys/\u00e9.json", "file:///keys/e%CC%81.json", true],
  ["file:///keys/a.json", "FILE:///keys/./a.json", true],
  ["file:///keys/a.json", "file:///keys/A.json", false],
  ["file:///keys/100%.json", "file:///keys/100%.json", true],
  ["ssm:///desk/mm", "ssm:///desk/mm?region=eu-west-1", true],
  ["ssm:///desk/mm?region=eu-west-1&tier=advanced", "ssm:///desk/mm?tier=standard&region=eu-west-1", true],
  ["ssm:///desk/mm?region=eu-west-1", "ssm:///desk/mm?region=us-east-1", false],
  ["ssm:///mm", "ssm://mm", true],
  ["ssm:///desk/mm", "ssm:///desk/mm2", false],
  ["s3://desk/mm.json", "s3://desk/mm.json?region=eu-west-1", true],
  ["s3://desk/mm.json?region=us-east-1", "s3://desk/mm.json?region=eu-west-1", true],
  ["s3://desk/mm.json", "s3://desk2/mm.json", false],
  ["nonsense", "nonsense", true],
  ["ssm:///a", "s3://a", false],
];

describe("the place of a document", () => {
  for (const [one, other, same] of cases) {
    it(`is ${same ? "one" : "another"}: ${one} and ${other}`, () => {
      for (const { isSamePlace, placeOf } of [provider, pack]) assert.equal(isSamePlace(placeOf(one), placeOf(other)), same);
      const declared = new DeclaredKeys();
      assert.deepEqual(declared.publish(one, "first"), []);
      assert.equal(declared.publish(other, "second").length, same ? 1 : 0);
    });
  }
});
