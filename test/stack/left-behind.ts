import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { newKey } from "../../sandbox/control-schema";
import type { Stage } from "./stage";

/** What `fixtures/record.ts` wrote at some revision. */
const leftBehind = z.object({
  now: z.iso.datetime(),
  /** What stands for the folder that the stack lay in. */
  folder: z.string().default("@FOLDER@"),
  deployment: z.unknown(),
  documents: z.record(z.string(), z.string()),
  sealingKey: z.string(),
  privateKeys: z.array(z.string()).default([]),
  subAccounts: z.array(z.object({ exchange: z.string(), subAccount: z.string() })).default([]),
  keys: z.array(z.object({ exchange: z.string(), key: newKey })),
});
export type LeftBehind = z.output<typeof leftBehind>;

export async function readLeftBehind(file: string): Promise<LeftBehind> {
  return leftBehind.parse(JSON.parse(await readFile(join(__dirname, "fixtures", file), "utf8")));
}

/** Makes everything in a new stage as it was left, but for the state: see {@link importState}. */
export async function restore(left: LeftBehind, stage: Stage): Promise<void> {
  const { now, documents, sealingKey, subAccounts, keys } = moved(left, stage.folder);
  await stage.control.moveClock({ offsetMs: Date.parse(now) - Date.now() });
  for (const { exchange, subAccount } of subAccounts) await stage.control.addSubAccount(exchange, subAccount);
  for (const { exchange, key } of keys) await stage.control.addKey(exchange, key);
  await mkdir(stage.documents);
  for (const [name, content] of Object.entries(documents)) await writeFile(join(stage.documents, name), content);
  await writeFile(stage.sealingKey, sealingKey, { mode: 0o600 });
}

/** Once it is declared what the stack holds. */
export async function importState(left: LeftBehind, stage: Stage): Promise<void> {
  const state = join(stage.folder, "deployment.json");
  await writeFile(state, JSON.stringify(moved(left, stage.folder).deployment));
  await stage.stack.must("stack", "import", "--file", state);
}

/** The same, in another folder. Documents name it, and states have the digest of adopted ones. */
function moved(left: LeftBehind, folder: string): LeftBehind {
  const there = leftBehind.parse(JSON.parse(JSON.stringify(left).replaceAll(left.folder, folder)));
  let deployment = JSON.stringify(there.deployment);
  for (const [name, content] of Object.entries(left.documents)) {
    deployment = deployment.replaceAll(sha256(content), sha256(there.documents[name] ?? ""));
  }
  return { ...there, deployment: JSON.parse(deployment) };
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
