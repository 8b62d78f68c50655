import { relative } from "node:path";
import { type MochaOptions, type Runner, reporters } from "mocha";
import { root } from "./setup/paths";
import { durationLines } from "./shards/durations";
import { countsLine } from "./shards/tally";

/** The spec reporter of one process, and at the very end what each file took and one plain line that machines can read. */
class PlainLineReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    let ended = 0;
    runner.on("test end", () => {
      ended += 1;
    });
    const took = timesOf(runner);
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      // Tests behind a failed hook never run and have no event of their own.
      const unfinished = Math.max(0, runner.total - ended);
      const line = countsLine({ passed: passes, failed: failures + unfinished, skipped: pending });
      // Mocha's own parallel runs do not know how many tests there are.
      const notes =
        options.parallel === true ? ["tests behind a failed hook are not counted under --parallel: npm test counts them"] : [];
      process.once("exit", () => process.stdout.write(["", ...durationLines(took), "", ...notes, line, ""].join("\n")));
    });
  }
}

/** File → seconds, filled while they run one after the other. */
function timesOf(runner: Runner): Record<string, number> {
  const took: Record<string, number> = {};
  let since = performance.now();
  runner.on("suite end", ({ parent, file }) => {
    if (parent?.root !== true || file === undefined) return;
    const now = performance.now();
    const name = relative(root, file);
    took[name] = (took[name] ?? 0) + (now - since) / 1000;
    since = now;
  });
  return took;
}

module.exports = PlainLineReporter;
