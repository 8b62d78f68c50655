import assert from "node:assert/strict";
import { rotationCause } from "../../providers/src/core/causes";
import { UNKNOWN } from "../../providers/src/core/inputs";
import { chosenDays, daysOfVersion, lifetimeChanged, lifetimeDays } from "../../providers/src/core/lifetime";
import { lifetimeProblems } from "../../providers/src/core/lifetime-problems";
import { shapeProblems } from "../../providers/src/core/shape";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import { day, documentOf, inputsAt, recordOf, version } from "./samples";

const ADDRESSES = ["127.0.0.1"];
const MONTHLY = { every: "20d", overlap: "24h" };

describe("a declared lifetime", () => {
  for (const descriptor of DESCRIPTORS) {
    const { id, lifetimeDays: choice } = descriptor;
    const problems = (lifetime: string | undefined, rotate = MONTHLY) =>
      lifetimeProblems({ ipWhitelist: ADDRESSES, rotate, lifetime }, descriptor);

    it(choice === undefined ? `is refused where there is nothing to choose: ${id}` : `is one of those offered: ${id}`, () => {
      assert.deepEqual(problems(undefined), []);
      const [first = 1, ...others] = choice?.value.choices ?? [];
      const found = problems(`${first}d`).map(({ property }) => property);
      assert.deepEqual(found, choice === undefined ? ["lifetime"] : []);
      if (choice === undefined) return;
      for (const days of others) assert.deepEqual(problems(`${days}d`), []);
      assert.match(problems(`${first + 1}d`)[0]?.reason ?? "", new RegExp(`offers: ${first}d, `));
      assert.deepEqual([chosenDays(descriptor, undefined), chosenDays(descriptor, `${first}d`)], [choice.value.chosen, first]);
      assert.equal(lifetimeDays(descriptor, { ipWhitelist: ADDRESSES, lifetime: `${first}d` }), first);
    });

    const [days] = choice?.value.choices ?? [];
    if (days === undefined) continue;
    it(`leaves room for a rotation and its overlap: ${id}`, () => {
      const tight = problems(`${days}d`, { every: `${days - 1}d`, overlap: "24h" });
      assert.deepEqual(
        tight.map(({ property }) => property),
        ["rotate.every"],
      );
      assert.deepEqual(problems(`${days}d`, { every: `${days - 2}d`, overlap: "24h" }), []);
    });
  }

  it("is a duration, and may be unknown in a preview", () => {
    const at = (lifetime: unknown) =>
      shapeProblems({ ...inputsAt(day(0)), lifetime }).filter(({ property }) => property === "lifetime");
    assert.deepEqual([at("30d"), at(UNKNOWN)], [[], []]);
    assert.equal(at("soon").length, 1);
  });

  it("rotates when another one is declared, and not when none is any more", () => {
    const ninety = version(1, { notAfter: day(90).toISOString() });
    assert.equal(daysOfVersion(ninety), 90);
    assert.deepEqual(
      [undefined, "90d", "30d"].map((lifetime) => lifetimeChanged(lifetime, ninety)),
      [false, false, true],
    );
    const recorded = recordOf(documentOf([ninety]));
    assert.equal(rotationCause(inputsAt(day(1), { lifetime: "30d" }), recorded, day(1)), "lifetime");
    assert.equal(rotationCause(inputsAt(day(1), { lifetime: "90d" }), recorded, day(1)), undefined);
  });
});
