describe("a suite whose process ends", () => {
  it("after this one", () => {});
  it("in this one", () => {
    console.log("the last words");
    process.kill(process.pid, "SIGKILL");
    return new Promise(() => {});
  });
  it("before this one", () => {});
});
