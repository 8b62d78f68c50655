import { readFile, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { root } from "../scripts/setup/paths";
import { ACTS, TITLES } from "./acts";
import { PARTS } from "./costs";
import { plot } from "./plot";
import type { Beside, Result } from "./results";

const DOCUMENT = join(root, "docs", "bench.md");
const PICTURE = join(root, "docs", "bench.svg");

/** What the report writes lies between these lines. Everything else is written by hand. */
const [BEGIN, END] = ["<!-- bench: begin -->", "<!-- bench: end -->"];

const beside = z.object({ keys: z.number(), bare: z.number(), ratio: z.number() });
const saved = z.object({
  results: z.array(
    z.object({
      act: z.enum(ACTS),
      count: z.number(),
      wall: beside,
      cpu: beside.exactOptional(),
      memory: beside.exactOptional(),
      parts: z.object({ cli: beside, program: beside, host: beside }).exactOptional(),
    }),
  ),
});

/** Results that `--json` printed. @throws Error when they cannot be read */
export async function readResults(path: string): Promise<readonly Result[]> {
  return saved.parse(JSON.parse(await readFile(path, "utf8"))).results;
}

/** Puts the table into `docs/bench.md`, and the picture beside it. @param before results to show beside these */
export async function writeReport(results: readonly Result[], before: readonly Result[]): Promise<void> {
  const text = await readFile(DOCUMENT, "utf8");
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (from < 0 || to < from) throw new Error(`${DOCUMENT} has no place for the report: ${BEGIN} and ${END}`);
  const machine = `${cpus().length} processors, load ${loadavg()[0]?.toFixed(1)} at the end, Node ${process.versions.node}.`;
  const table = [machine, "", tableOf(results, before), "", "![processor time over the number of keys](bench.svg)", ""].join(
    "\n",
  );
  await writeFile(DOCUMENT, `${text.slice(0, from + BEGIN.length)}\n${table}${text.slice(to)}`);
  await writeFile(PICTURE, plot(results));
}

/** Pure. */
export function tableOf(results: readonly Result[], before: readonly Result[]): string {
  const head = ["Act", "N", "CPU", "CPU before", ...PARTS, "host's memory", "wall", "wall before"];
  const rows = results.map((result) => {
    const old = before.find(({ act, count }) => act === result.act && count === result.count);
    const parts = PARTS.map((part) => seconds(result.parts?.[part]));
    const memory = result.memory === undefined ? NOT_MEASURED : result.memory.ratio.toFixed(2);
    return [
      TITLES[result.act],
      `${result.count}`,
      `**${ratio(result.cpu)}**`,
      old === undefined ? "" : ratio(old.cpu),
      ...parts,
      memory,
      ratio(result.wall),
      old === undefined ? "" : ratio(old.wall),
    ];
  });
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

const NOT_MEASURED = "not measured here";

function ratio(found: Beside | undefined): string {
  return found === undefined ? NOT_MEASURED : found.ratio.toFixed(2);
}

function seconds(found: Beside | undefined): string {
  return found === undefined ? NOT_MEASURED : `${found.keys.toFixed(1)} to ${found.bare.toFixed(1)} s`;
}
