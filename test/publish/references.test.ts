import assert from "node:assert/strict";
import fc from "fast-check";
import { parsePublishReference } from "../../providers/src/publish/references";

describe("publication references", () => {
  for (const [text, reference] of Object.entries({
    "file:///var/lib/bots/mm%201.json": { scheme: "file", path: "/var/lib/bots/mm 1.json" },
    "ssm:///desk/bots/mm-1?region=eu-west-1": { scheme: "ssm", name: "/desk/bots/mm-1", region: "eu-west-1" },
    "ssm:///desk/bots/mm-1?tier=standard": { scheme: "ssm", name: "/desk/bots/mm-1", tier: "standard" },
    "ssm://mm-1?region=us-gov-east-1&tier=advanced": {
      scheme: "ssm",
      name: "mm-1",
      region: "us-gov-east-1",
      tier: "advanced",
    },
    "s3://desk-keys/bots/mm-1.json?region=eu-west-1": {
      scheme: "s3",
      bucket: "desk-keys",
      key: "bots/mm-1.json",
      region: "eu-west-1",
    },
    "s3://desk.keys/mm-1": { scheme: "s3", bucket: "desk.keys", key: "mm-1" },
  })) {
    it(`reads ${text}`, () => assert.deepEqual(parsePublishReference(text), { reference, problems: [] }));
  }

  for (const [text, expected] of Object.entries({
    "": [/no place to publish/],
    "/var/lib/bots/mm.json": [/no place to publish/],
    "https://example.com/a.json": [/no place to publish/],
    "file://host/mm.json": [/absolute path/],
    "file:///bots/": [/names a folder/],
    "file:///bots/../mm.json": [/segments/],
    "ssm://": [/empty, . or .. segments/],
    "ssm:///bots//mm": [/empty, . or .. segments/],
    "ssm:///bots/": [/empty, . or .. segments/],
    "ssm:///bots/../mm": [/segments/],
    "ssm:///bots/./mm": [/segments/],
    "ssm://..": [/segments/],
    "ssm:///bots/m\u202em": [/other characters/],
    "ssm:///bots/m\u001b[2Jm": [/other characters/],
    "file:///bots/%2e%2e/mm.json": [/segments/],
    "file:///bots/m\u202em.json": [/format character/],
    "file:///bots/m%E2%80%AEm.json": [/format character/],
    "file:///bots/m%1b[2Jm.json": [/control/],
    "file:///bots/m\u2028m.json": [/line break/],
    "file:///bots/m\ud800m.json": [/format character/],
    "s3://desk-keys/bots/m\u202em.json": [/other characters/],
    "ssm://bots/mm": [/without its leading slash/],
    "ssm:///aws/mm": [/reserved/],
    "ssm:///SSM-keys/mm": [/reserved/],
    [`ssm:///${"a/".repeat(15)}b`]: [/more than 15 levels/],
    [`ssm:///${"a".repeat(1011)}`]: [/longer than 1011/],
    "ssm:///bots mm%20?region=Ireland&tier=cheap&key=x": [
      /other characters/,
      /"key", which is not known; only region and tier are/,
      /region that is not written/,
      /tier that is none of standard, advanced/,
    ],
    "ssm:///bots/mm?region=eu-west-1&region=eu-west-2": [/more than one region/],
    "s3://": [/names no bucket/, /names no object/],
    "s3://desk-keys": [/names no object/],
    "s3://desk-keys/": [/names no object/],
    "s3://Desk/mm.json": [/names no bucket/],
    "s3://10.0.0.1/mm.json": [/names no bucket/],
    "s3://desk-keys/bots//mm.json": [/segments/],
    "s3://desk-keys/../mm.json": [/segments/],
    "s3://desk-keys/mm 1.json?tier=standard": [/other characters/, /"tier", which is not known; only region is/],
  })) {
    it(`refuses ${JSON.stringify(text.slice(0, 60))} with every problem at once`, () => {
      const { reference, problems } = parsePublishReference(text);
      assert.equal(reference, undefined);
      assert.equal(problems.length, expected.length, problems.join("; "));
      for (const problem of expected)
        assert.ok(
          problems.some((one) => problem.test(one)),
          `${problem}: ${problems.join("; ")}`,
        );
    });
  }

  it("hold no character that is not seen, and no segment of dots, whatever is around", () => {
    const place = fc.constantFrom("ssm:///desk/", "s3://desk-keys/bots/", "file:///var/lib/");
    const hidden = fc.constantFrom(..."\u0000\u0007\u001b\u007f\u0085\u00ad\u200b\u200f\u202e\u2028\u2029\u2066\ufeff\u{e0041}");
    const word = fc.stringMatching(/^[a-z0-9]{0,5}$/);
    fc.assert(
      fc.property(place, fc.tuple(word, word), hidden, (start, [before, after], character) => {
        for (const text of [character, encodeURIComponent(character)]) {
          assert.equal(parsePublishReference(`${start}${before}${text}${after}`).reference, undefined);
        }
        for (const dots of [".", ".."]) assert.equal(parsePublishReference(`${start}${dots}/x${after}`).reference, undefined);
      }),
    );
  });

  it("answers for any text, with a reference or with problems", () => {
    fc.assert(
      fc.property(fc.constantFrom("ssm://", "s3://", "file://", ""), fc.string(), (scheme, rest) => {
        const { reference, problems } = parsePublishReference(scheme + rest);
        assert.equal(reference === undefined, problems.length > 0);
      }),
    );
  });
});
