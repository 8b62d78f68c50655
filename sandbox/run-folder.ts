import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import type { Exchange } from "./exchange";
import { replaceFile } from "./replace-file";

const botRead = z.object({
  client: z.string().exactOptional(),
  access: z.union([z.string(), z.array(z.string()).readonly()]),
  path: z.string(),
  params: z.record(z.string(), z.string()),
});

/** What `sandbox.json` says. */
export const sandboxFile = z.object({
  pid: z.number().int(),
  control: z.string(),
  ca: z.string(),
  clock: z.string(),
  /** By how much all rate limits are multiplied. */
  rateScale: z.number(),
  endpoints: z.record(z.string(), z.string()),
  subAccounts: z.record(z.string(), z.array(z.string())),
  /** By exchange. */
  botReads: z.record(z.string(), botRead.readonly()),
});
export type SandboxFile = z.output<typeof sandboxFile>;

export interface RunFolder {
  readonly path: string;
  readonly ca: string;
  readonly clock: string;
  /** Present while the sandbox runs. */
  readonly sandbox: string;
}

/** Makes the folder, for its owner only, and takes away what an earlier run said. */
export async function openRunFolder(dir: string): Promise<RunFolder> {
  const path = resolve(dir);
  await mkdir(path, { recursive: true, mode: 0o700 });
  const folder = {
    path,
    ca: join(path, "ca.pem"),
    clock: join(path, "clock.json"),
    sandbox: join(path, "sandbox.json"),
  };
  await rm(folder.sandbox, { force: true });
  return folder;
}

/** What clients take a credential for the sandbox's by, and take off before they use it. */
const MARK = "sandbox-";

/** A field of a parent credential as it is written down for clients. */
export function marked(value: string): string {
  return `${MARK}${value}`;
}

/** One file for each field, such as `parents/okx.passphrase`. */
export async function writeParents(folder: RunFolder, exchanges: readonly Exchange[]): Promise<void> {
  const parents = join(folder.path, "parents");
  await rm(parents, { recursive: true, force: true });
  await mkdir(parents, { mode: 0o700 });
  for (const exchange of exchanges) {
    for (const [field, value] of Object.entries(exchange.credential())) {
      await writeFile(join(parents, `${exchange.id}.${field}`), marked(value), { mode: 0o600, flag: "wx" });
    }
  }
}

/** Says that everything listens. Whole or not at all. */
export function announce(folder: RunFolder, content: SandboxFile): void {
  replaceFile(folder.sandbox, `${JSON.stringify(content, null, 2)}\n`);
}
