import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";

/** Document → how often journals say that it was published. */
export async function publicationsIn(folder: string): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  for (const name of await readdir(folder)) {
    const lines = (await readFile(join(folder, name), "utf8")).trimEnd().split("\n").map(parseLine);
    const intents = new Map(lines.filter(({ act }) => act === "publish").map(({ seq, at = "" }) => [seq, basename(at)]));
    for (const { of, done } of lines) {
      const document = of === undefined ? undefined : intents.get(of);
      if (document !== undefined && done === true) times.set(document, (times.get(document) ?? 0) + 1);
    }
  }
  return times;
}

/** What is needed here of a line of a journal. */
interface Line {
  readonly seq: number;
  readonly act?: string;
  readonly at?: string;
  readonly of?: number;
  readonly done?: boolean;
}

function parseLine(text: string): Line {
  return JSON.parse(text) as Line;
}
