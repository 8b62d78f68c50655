import { readdirSync } from "node:fs";
import { join } from "node:path";
import Mocha from "mocha";
import { COUNTING } from "../test/exchanges/contract-cases";
import { root } from "./setup/paths";

/** Exchange → suite → cases that its descriptor leaves out. */
type Skips = Record<string, Record<string, number>>;

/** Loads the contract suites and runs none of their cases: which are left out is settled by then. */
async function countSkips(): Promise<Skips> {
  const folder = join(root, "test/exchanges");
  const mocha = new Mocha({ ui: "bdd" });
  const suites = readdirSync(folder).flatMap((file) => /^(contract.*)\.test\.ts$/.exec(file)?.[1] ?? []);
  for (const suite of suites.sort()) mocha.addFile(join(folder, `${suite}.test.ts`));
  await mocha.loadFilesAsync();
  const found: Skips = {};
  for (const { title, tests } of mocha.suite.suites) {
    const [, suite, id] = /^(.*): (\w+)$/.exec(title) ?? [];
    if (suite === undefined || id === undefined || !tests.some((test) => test.title.startsWith(COUNTING))) continue;
    found[id] = { ...found[id], [suite]: tests.filter((test) => test.isPending()).length };
  }
  return found;
}

countSkips().then(
  (skips) => console.log(JSON.stringify(skips)),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
