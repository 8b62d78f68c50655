// The first thing every npm script runs. It needs nothing but Node: what it prepares is what the rest needs.
import { spawn } from "node:child_process";
import { lstat, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runShown } from "./setup/command.mjs";
import { withLock } from "./setup/lock.mjs";
import { progress } from "./setup/progress.mjs";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, "node_modules");
// Without Pulumi there is one step less: see setup/main.ts.
const { report, done } = progress({ step: 1, steps: process.argv.includes("--no-pulumi") ? 2 : 3 });

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new Error(
    `Node ${process.versions.node} is too old: install Node 20.19 or later (https://nodejs.org, or your version manager)`,
  );
}

async function readJson(path) {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT" || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** npm records what it installed at the very end of its work; that record must say what the lock says. */
async function isInstalled() {
  const wanted = (await readJson(join(root, "package-lock.json")))?.packages ?? {};
  const found = (await readJson(join(modules, ".package-lock.json")))?.packages;
  if (found === undefined || (await isLink(join(modules, "pulumi-exchange-keys")))) return false;
  const same = (path) => wanted[path]?.version === found[path]?.version && wanted[path]?.integrity === found[path]?.integrity;
  const missing = Object.keys(wanted).filter((path) => path.startsWith("node_modules/") && found[path] === undefined);
  return Object.keys(found).every(same) && missing.every((path) => wanted[path].optional || wanted[path].devOptional);
}

async function isLink(path) {
  const found = await lstat(path).catch((error) => (error.code === "ENOENT" ? undefined : Promise.reject(error)));
  return found === undefined || found.isSymbolicLink();
}

async function installDependencies() {
  if (await isInstalled()) return;
  report("installing npm dependencies as package-lock.json says");
  const own = process.env.npm_execpath;
  const npm = own?.endsWith(".js")
    ? { file: process.execPath, args: [own] }
    : { file: "npm", args: [], shell: process.platform === "win32" };
  await runShown({ ...npm, args: [...npm.args, "ci"], title: "npm ci", cwd: root, report });
  if (!(await isInstalled())) throw new Error("npm ci ended well, but node_modules does not hold what package-lock.json says");
}

function continueInTypeScript() {
  return new Promise((resolve, reject) => {
    const args = ["--import", "tsx", join(root, "scripts/setup/main.ts"), ...process.argv.slice(2)];
    const child = spawn(process.execPath, args, { cwd: root, stdio: "inherit" });
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

try {
  checkNode();
  process.exitCode = await withLock(join(root, ".exchange-keys", "setup.lock"), report, async () => {
    await installDependencies();
    done();
    return continueInTypeScript();
  });
} catch (error) {
  done();
  console.error(`set-up: ${error.message}`);
  process.exitCode = 1;
}
