import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "../setup/paths";
import { durationLines, longestFirst, merged, readDurations, writeDurations } from "./durations";
import type { Asked, MochaOptions } from "./options";
import { failureLines, Screen } from "./screen";
import { Shard } from "./shard";
import { countsLine, type FileResult, sum } from "./tally";

/** Every file of tests there is. */
function everything(): readonly string[] {
  const names = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".test.ts")).map((name) => join("test", name));
}

/** Runs files side by side, and prints what came of them. @returns the exit code */
export async function runShards({ shards, recordsDurations }: Asked, { files, ...settings }: MochaOptions): Promise<number> {
  const queue = [...new Set(longestFirst(files.length > 0 ? files : everything(), readDurations()))];
  const screen = new Screen(queue.length, process.stdout);
  const folder = mkdtempSync(join(tmpdir(), "exchange-keys-shards-"));
  const results: FileResult[] = [];
  const work = async (_: unknown, index: number): Promise<void> => {
    const shard = new Shard(`shard-${index + 1}`, { ...settings, folder });
    for (let file = queue.shift(); file !== undefined; file = queue.shift()) {
      screen.started(file);
      const result = await shard.run(file);
      results.push(result);
      screen.ended(result);
    }
    const crash = await shard.end();
    if (crash !== undefined) results.push(crashed(`shard ${index + 1}`, crash));
  };
  try {
    await Promise.all(Array.from({ length: Math.min(shards, queue.length) }, work));
  } finally {
    screen.close();
    rmSync(folder, { recursive: true });
  }
  if (recordsDurations) record(results);
  return summary(results);
}

/** A shard that went wrong between files, or when there were no more. */
function crashed(file: string, how: string): FileResult {
  const failure = { title: "the process, after its last file", text: `     ended with ${how}` };
  return { file, ms: 0, passed: 0, failed: 1, skipped: 0, failures: [failure], output: "" };
}

function record(results: readonly FileResult[]): void {
  const good = results.filter(({ failed }) => failed === 0);
  const measured = Object.fromEntries(good.map(({ file, ms }) => [file, Math.round(ms / 100) / 10]));
  writeDurations(merged(readDurations(), measured, (file) => existsSync(join(root, file))));
}

function summary(results: readonly FileResult[]): number {
  const took = Object.fromEntries(results.map(({ file, ms }) => [file, ms / 1000]));
  const failures = results.flatMap(failureLines);
  const counts = sum(results);
  console.log(["Files, slowest first:", ...durationLines(took), "", ...failures, countsLine(counts)].join("\n"));
  return counts.failed === 0 ? 0 : 1;
}
