import assert from "node:assert/strict";
import { policies } from "../../policy/policies";
import { apartCases } from "./apart-cases";
import { type Resource, violationsOf } from "./judge";
import { resourceCases } from "./resource-cases";
import { addresses, adoptedKey, apiKey, kmsKey, UNKNOWN } from "./samples";

const cases = [...resourceCases, ...apartCases];

describe("the policy pack", () => {
  for (const { rule, what, resources, config, expected } of cases) {
    it(`${rule}: ${what}`, async () => {
      const found = (await violationsOf(resources, config)).filter((violation) => violation.rule === rule);
      assert.deepEqual(
        found.map(({ resource }) => resource),
        expected.map(([resource]) => resource),
        JSON.stringify(found, undefined, 1),
      );
      expected.forEach(([, message], index) => {
        assert.match(String(found[index]?.message), message);
      });
    });
  }

  it("objects to nothing in sound keys, and to nothing that is not of its types", async () => {
    const other = { type: "aws:s3/bucket:Bucket", name: "bucket", props: { scopes: ["spot", "withdraw"] } };
    assert.deepEqual(await violationsOf([apiKey("a"), adoptedKey("b"), other]), []);
  });

  it("lets every unknown value of a preview through, and says that it did", async () => {
    const mandatory = async (resources: readonly Resource[]) =>
      (await violationsOf(resources)).filter(({ rule }) => rule !== "not-checked-yet");
    const known = [apiKey("a"), adoptedKey("b"), addresses({ mode: "given", reason: "" }), kmsKey()];
    const whole = known.map((one) => ({
      ...one,
      props: Object.fromEntries(Object.keys(one.props).map((key) => [key, UNKNOWN])),
    }));
    assert.deepEqual(await mandatory(whole), []);
    assert.equal((await violationsOf(whole)).length, 2);
    for (const one of [apiKey("a"), adoptedKey("b")]) {
      for (const property of Object.keys(one.props).filter((key) => key !== "environment")) {
        const props = { ...one.props, [property]: UNKNOWN };
        assert.deepEqual(await mandatory([{ ...one, props }]), [], property);
      }
    }
    const inside = { scopes: ["read", UNKNOWN], ipWhitelist: [UNKNOWN], rotate: { every: UNKNOWN, overlap: "24h" } };
    assert.deepEqual(await mandatory([apiKey("a", inside)]), []);
  });

  it("has a case here for each rule, and tells severity and remedy of each", () => {
    assert.deepEqual([...new Set(cases.map(({ rule }) => rule))].sort(), policies.map(({ name }) => name).sort());
    for (const { name, severity, remediationSteps, description, enforcementLevel } of policies) {
      assert.match(String(severity), /^(?:medium|high|critical)$/, name);
      assert.ok((remediationSteps ?? "").length > 20 && description.length > 20, name);
      assert.equal(enforcementLevel, name === "not-checked-yet" ? "advisory" : "mandatory", name);
    }
  });
});
