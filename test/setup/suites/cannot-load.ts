describe("a suite that cannot be loaded", () => {
  it("never runs", () => {});
});

throw new Error("not to be loaded");
