import { chmod, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Puts the plugin into `folder` under the name by which Pulumi finds it there. The folder belongs on PATH. */
export async function placePlugin(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const file = join(folder, "pulumi-resource-aws");
  const words = [process.execPath, "--import", pathToFileURL(require.resolve("tsx")).href, join(__dirname, "main.ts")];
  await writeFile(file, `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(" ")} "$@"\n`);
  await chmod(file, 0o755);
}
