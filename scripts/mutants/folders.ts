import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Tests that run in memory. */
interface Tests {
  readonly in: string;
  /** Files that start a server of their own, take longer than all the others together, or judge by the clock of a calm machine. */
  readonly without?: readonly string[];
}

const lifecycle: Tests = { in: "test/lifecycle" };
const core: Tests = { in: "test/core" };
const seal: Tests = { in: "test/seal", without: ["kms.test.ts", "kms-refusals.test.ts"] };
const wire: Tests = { in: "test/wire", without: ["answers.test.ts", "fuzz.test.ts", "golden.test.ts", "redaction.test.ts"] };

/** What is broken on purpose, and the tests that have to see it: those of the folder first, because a run ends at its first failure. */
export const FOLDERS: Readonly<Record<string, readonly Tests[]>> = {
  core: [core, lifecycle, seal],
  lifecycle: [lifecycle, core],
  wire: [wire],
  seal: [seal, lifecycle],
};

/** The test files that judge a folder, below `root`. @throws Error for a file left out that is not there */
export function testsOf(folder: string, root: string): readonly string[] {
  return (FOLDERS[folder] ?? []).flatMap((tests) => {
    const files = readdirSync(join(root, tests.in)).filter((name) => name.endsWith(".test.ts"));
    const missing = (tests.without ?? []).filter((name) => !files.includes(name));
    if (missing.length > 0) throw new Error(`${tests.in} holds no ${missing.join(", ")}: correct scripts/mutants/folders.ts`);
    return files
      .filter((name) => tests.without?.includes(name) !== true)
      .sort()
      .map((name) => `${tests.in}/${name}`);
  });
}
