describe("a suite that passes", () => {
  it("one", () => console.log("printed by one"));
  it("two", () => new Promise((resolve) => setTimeout(resolve, 300)));
  it("three", () => console.log("printed by three"));
});
