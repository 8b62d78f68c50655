import assert from "node:assert/strict";
import { deliveryChanged, dueDelivery } from "../../providers/src/core/delivered";
import { documentOf, version } from "./samples";

const DELIVER = "awssm://desk/mm";
const sealed = documentOf([version(1, { state: "previous" }), version(2)]);

describe("a delivery", () => {
  const due = (deliver: string | undefined, delivered?: { url: string; serial: number; previous?: number }) =>
    dueDelivery({ ...(deliver === undefined ? {} : { deliver }) }, { sealed, ...(delivered === undefined ? {} : { delivered }) });

  it("is due until the declared place shows the current version with the one beside it", () => {
    const both = { url: DELIVER, serial: 2, previous: 1 };
    assert.equal(due(DELIVER, both), undefined);
    for (const shown of [
      undefined,
      { url: DELIVER, serial: 2 },
      { ...both, serial: 1 },
      { ...both, url: "awssm://desk/other" },
    ]) {
      const found = due(DELIVER, shown);
      assert.deepEqual([found?.url, found?.current.serial, found?.previous?.serial], [DELIVER, 2, 1]);
    }
  });

  it("is never due where none is declared, and a place that was left is a change", () => {
    const delivered = { url: DELIVER, serial: 2, previous: 1 };
    assert.equal(due(undefined, delivered), undefined);
    assert.equal(deliveryChanged({}, { sealed }), false);
    assert.equal(deliveryChanged({}, { sealed, delivered }), true);
    assert.equal(deliveryChanged({ deliver: DELIVER }, { sealed, delivered }), false);
  });
});
