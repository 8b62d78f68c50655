import assert from "node:assert/strict";

describe("a suite that fails", () => {
  it("before this one", () => {});
  it("in this one", () => assert.equal("found", "wanted"));
  it.skip("and skips this one", () => {});
});
