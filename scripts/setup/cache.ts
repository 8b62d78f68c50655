import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const marker = z.strictObject({ version: z.string(), obtained: z.string(), at: z.string() });
const markerName = "installed.json";

/** What the cache knows about how a CLI came to be there. */
export type Marker = z.infer<typeof marker>;

/** `undefined` when the folder holds no finished CLI. */
export async function readMarker(folder: string): Promise<Marker | undefined> {
  const text = await readFile(join(folder, markerName), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  return text === undefined ? undefined : marker.parse(JSON.parse(text));
}

/**
 * Fills a new folder under a temporary name and puts it in place in one step, so that nobody ever sees half a CLI.
 * @param fill gets the folder for the programs and tells how they were obtained.
 */
export async function place(folder: string, version: string, fill: (bin: string) => Promise<string>): Promise<Marker> {
  const temporary = `${folder}.${process.pid}.tmp`;
  try {
    await mkdir(join(temporary, "bin"), { recursive: true });
    const made: Marker = { version, obtained: await fill(join(temporary, "bin")), at: new Date().toISOString() };
    await writeFile(join(temporary, markerName), `${JSON.stringify(made, null, 2)}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(temporary, folder);
    return made;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
