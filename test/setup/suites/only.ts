describe("a suite of which somebody tried one case", () => {
  // biome-ignore lint/suspicious/noFocusedTests: that this is refused is what is tested
  it.only("this one", () => {});
  it("and not this one", () => {});
});
