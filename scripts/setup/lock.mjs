import { mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const pollMs = 250;
/** A holder writes its process id right after making the folder; one without an id for this long died in between. */
const unnamedForMs = 10_000;

/**
 * Runs the work while holding a lock folder, so that two set-ups never write the same files.
 * A lock whose process is gone is taken over.
 */
export async function withLock(folder, report, work) {
  await mkdir(dirname(folder), { recursive: true });
  let told = false;
  while (!(await acquire(folder))) {
    if (!told) report(`waiting for another set-up that holds ${folder}`);
    told = true;
    await pause(pollMs);
  }
  try {
    return await work();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function acquire(folder) {
  try {
    await mkdir(folder);
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    if (await isAbandoned(folder)) await rm(folder, { recursive: true, force: true });
    return false;
  }
  await writeFile(join(folder, "pid"), String(process.pid));
  return true;
}

async function isAbandoned(folder) {
  try {
    return !isAlive(Number(await readFile(join(folder, "pid"), "utf8")));
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    const found = await stat(folder).catch((gone) => (gone.code === "ENOENT" ? undefined : Promise.reject(gone)));
    return found !== undefined && Date.now() - found.mtimeMs > unnamedForMs;
  }
}

function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
