import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { type Command, InvalidArgumentError } from "commander";
import { z } from "zod";
import { KeyError } from "../core/errors";
import { type Budget, type Preflight, type PreviewStep, preflight } from "../core/preflight";
import { DEFAULT_REVOCATION_BUDGET, SETTINGS_NAMESPACE } from "../core/settings";
import { PROGRAM } from "../core/words";
import { EXIT } from "./exit";
import type { Terminal } from "./terminal";
import { table } from "./view/table";

/** Changes when a reader of the JSON would have to change. */
const FORMAT = "exchange-keys/preflight/1";
const DEFAULT_PERCENT = 30;
const WORD = `${SETTINGS_NAMESPACE}:revocationBudget`;

/** What is read of `pulumi preview --json`. */
const previewSchema = z.object({
  config: z.record(z.string(), z.string()).optional(),
  steps: z.array(z.object({ op: z.string(), urn: z.string() })).default([]),
  changeSummary: z.record(z.string(), z.number()),
  diagnostics: z.array(z.object({ severity: z.string() })).default([]),
});

interface Options {
  readonly maxKeys?: number;
  readonly maxPercent: number;
  readonly json: boolean;
}

const AFTER = `
  pulumi preview --json --show-sames | ${PROGRAM} preflight

Without --show-sames the preview does not tell how many keys there are, and the number alone decides. Deleting a SubAccount or an
AdoptedApiKey forgets it and revokes nothing: those are not counted.

Exit codes:
  ${EXIT.ok}  within the budget
  ${EXIT.failure}  the preview failed, or cannot be read
  ${EXIT.usage}  wrong usage
  ${EXIT.refused}  refused: more keys than --max-keys, and more of them than --max-percent, would end`;

/** `exchange-keys preflight [file]`: refuses an update that would end too many keys, before it runs. Reaches nothing. */
export function registerPreflight(program: Command, terminal: Terminal): void {
  const command = program.command("preflight");
  command
    .description("count the keys that an update would end, and refuse too many before it runs")
    .argument("[file]", "output of `pulumi preview --json --show-sames`; - for standard input", "-")
    .option("--max-keys <n>", `keys that may end (default: the stack's ${WORD}, or ${DEFAULT_REVOCATION_BUDGET})`, whole)
    .option("--max-percent <n>", "share of all keys that may end, however many they are", whole, DEFAULT_PERCENT)
    .option("--json", "as JSON, for programs", false)
    .addHelpText("after", AFTER)
    .action(async (file: string, { maxKeys, maxPercent, json }: Options) => {
      const preview = parsed(await contentOf(file));
      const budget: Budget = { keys: maxKeys ?? preview.budget ?? DEFAULT_REVOCATION_BUDGET, percent: maxPercent };
      const result = preflight(preview.steps, preview.unshown, budget);
      terminal.out(json ? `${JSON.stringify({ format: FORMAT, budget, ...result }, null, 2)}\n` : shown(result, terminal));
      if (result.refused) command.showHelpAfterError(false).error(`error: ${reason(result, budget)}`, { exitCode: EXIT.refused });
    });
}

interface Preview {
  readonly steps: readonly PreviewStep[];
  /** Resources that stay as they are and have no step in the report. */
  readonly unshown: number;
  /** What the stack's configuration says, if it says anything. */
  readonly budget: number | undefined;
}

/** @throws KeyError `InvalidInput` for anything that is not the report of a preview */
function parsed(content: string): Preview {
  const result = previewSchema.safeParse(fromJson(content));
  if (!result.success) throw invalid("this is no output of a successful `pulumi preview --json`");
  const { steps, changeSummary, diagnostics, config = {} } = result.data;
  // It then shows the steps up to the error only.
  if (diagnostics.some(({ severity }) => severity === "error")) throw invalid("the preview failed: it holds an error");
  const sames = steps.filter(({ op }) => op === "same").length;
  const budget = z.coerce.number().int().min(0).safeParse(config[WORD]);
  return { steps, unshown: Math.max(0, (changeSummary.same ?? 0) - sames), budget: budget.success ? budget.data : undefined };
}

function fromJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch {
    // Not JSON: the schema then says so.
    return undefined;
  }
}

async function contentOf(file: string): Promise<string> {
  try {
    return file === "-" ? await text(process.stdin) : await readFile(file, "utf8");
  } catch {
    throw invalid(`${file} cannot be read`);
  }
}

function invalid(message: string): KeyError {
  return new KeyError({
    kind: "InvalidInput",
    operation: "preflight",
    message,
    hint: "Nothing was counted. Do not run the update.",
  });
}

function shown({ ended, existing }: Preflight, { width }: Terminal): string {
  const summary = `${ended.length}${existing === undefined ? "" : ` of ${existing}`} keys would end\n`;
  if (ended.length === 0) return summary;
  const rows = ended.map(({ name, how, urn }) => [name, how, urn]);
  return `${table(["key", "how", "urn"], rows, width)}\n\n${summary}`;
}

function reason({ ended, existing }: Preflight, { keys, percent }: Budget): string {
  const count = ended.length;
  const share = existing === undefined ? "of an unknown number" : `of ${existing}, more than ${percent} %,`;
  return (
    `${count} keys ${share} would end, and at most ${keys} may. Do not run the update. ` +
    `If they must end: --max-keys ${count} here, and for the run pulumi config set ${WORD} ${count}`
  );
}

function whole(value: string): number {
  if (!/^[0-9]{1,6}$/.test(value)) throw new InvalidArgumentError("Write a whole number.");
  return Number(value);
}
