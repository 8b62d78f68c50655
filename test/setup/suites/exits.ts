describe("a suite that ends its process as if all were well", () => {
  it("in this one", () => process.exit(0));
  it("before this one", () => {});
});
