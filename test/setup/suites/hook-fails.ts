describe("a suite whose hook fails", () => {
  before(() => {
    throw new Error("the hook's own reason");
  });
  it("never runs", () => {});
  describe("with an inner suite", () => {
    it("never runs either", () => {});
  });
});
