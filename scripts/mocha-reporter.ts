import { type MochaOptions, type Runner, reporters } from "mocha";

/** The spec reporter, and at the very end one plain line that machines can read. */
class PlainLineReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    let unfinished = 0;
    // Tests behind a failed hook never run and have no event of their own.
    runner.on("suite end", (suite) => {
      unfinished += suite.tests.filter((test) => test.state === undefined && !test.isPending()).length;
    });
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      const failed = failures + unfinished;
      process.once("exit", () => process.stdout.write(`\n${passes} passed, ${failed} failed, ${pending} skipped\n`));
    });
  }
}

module.exports = PlainLineReporter;
