import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root, stateFolder } from "../setup/paths";
import { testsOf } from "./folders";
import type { Result } from "./score";

type StrykerOptions = ConstructorParameters<
  typeof import("@stryker-mutator/core", { with: { "resolution-mode": "import" }}).Stryker
>[0];

/** A mutant that hangs is ended this long after one and a half times of what an unbroken run takes. */
const TIMEOUT_MS = 60_000;

/** How many mutants Stryker makes of a folder. Their ids count from 0. */
export async function countMutants(folder: string): Promise<number> {
  const { Instrumenter } = await import("@stryker-mutator/instrumenter");
  const [off, quiet] = [() => false, () => undefined];
  const levels = { isTraceEnabled: off, isDebugEnabled: off, isInfoEnabled: off, isWarnEnabled: off };
  const log = { ...levels, isErrorEnabled: off, isFatalEnabled: off, trace: quiet, debug: quiet, info: quiet };
  const instrumenter = new Instrumenter({ ...log, warn: quiet, error: quiet, fatal: quiet });
  const source = join(root, "providers", "src", folder);
  const names = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"));
  const files = names.map((name) => ({
    name: join(source, name),
    mutate: true,
    content: readFileSync(join(source, name), "utf8"),
  }));
  const { mutants } = await instrumenter.instrument(files, { plugins: null, excludedMutations: [], ignorers: [] });
  return mutants.length;
}

/**
 * What Stryker runs without any mutant first, and then for each: one that was not drawn costs no test run. Node and its mocha are started
 * by hand, because Stryker's own mocha runner for our oldest Node knows no mocha 12.
 */
function commandFor(folder: string, drawn: readonly string[]): string {
  const tests = testsOf(folder, root).join(" ");
  const mocha = `node node_modules/mocha/bin/mocha.js --forbid-only --bail --reporter dot ${tests}`;
  return `case "\${__STRYKER_ACTIVE_MUTANT__-none}" in ${["none", ...drawn].join("|")}) exec ${mocha};; esac`;
}

/** Breaks what was drawn of a folder, one mutant at a time, in a copy of the project, and runs the tests on each. */
export async function breakFolder(
  folder: string,
  drawn: readonly string[],
  { progress }: { readonly progress: boolean },
): Promise<readonly Result[]> {
  const { Stryker } = await import("@stryker-mutator/core");
  const stryker = new Stryker({
    testRunner: "command",
    commandRunner: { command: commandFor(folder, drawn) },
    mutate: [`providers/src/${folder}/**/*.ts`],
    ignorePatterns: [".exchange-keys", "*.tsbuildinfo", "dist"],
    coverageAnalysis: "off",
    concurrency: 1,
    disableTypeChecks: false,
    timeoutMS: TIMEOUT_MS,
    dryRunTimeoutMinutes: 30,
    tempDirName: join(stateFolder, "mutants"),
    cleanTempDir: "always",
    reporters: progress ? ["progress-append-only"] : [],
    logLevel: "error" as NonNullable<StrykerOptions["logLevel"]>,
    allowConsoleColors: false,
  });
  return await stryker.runMutationTest();
}
