import { execFile } from "node:child_process";
import { mkdir, readFile, realpath, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { findProgram, pathFolders } from "./look";
import { root } from "./paths";

const run = promisify(execFile);

/** By this line a hook is known for ours. */
const MARK = "# Installed by the set-up of pulumi-exchange-keys. Take this line out to keep a hook of your own.";

/** Says nothing about a revision that has no rule. */
const HOOK = `#!/bin/sh
${MARK}
rule="$(git rev-parse --show-toplevel)/scripts/commit-message.mjs"
[ -f "$rule" ] || exit 0
exec node "$rule" "$1"
`;

/** Git's own variables of a caller, which is a hook perhaps, name another repository. */
function withoutGit(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith("GIT_")));
}

export type Installed = "installed" | "there already" | "another's hook is there" | "hooks lie elsewhere" | "no repository";

/**
 * Installs the hook that checks commit messages. It writes over no hook but its own, and into no folder of hooks that a person chose.
 * @param checkout the top of a repository or of a worktree. A tree that was packed without its repository gets none
 */
export async function installCommitHook(checkout = root, env: NodeJS.ProcessEnv = process.env): Promise<Installed> {
  const program = findProgram("git", pathFolders(env));
  if (program === undefined) return "no repository";
  const git = async (...args: readonly string[]): Promise<string | undefined> => {
    const asked = run(program, ["-C", checkout, ...args], { env: withoutGit(env) });
    return asked.then(
      ({ stdout }) => stdout.trim(),
      (error: { readonly code?: unknown }) => {
        if (typeof error.code === "number") return undefined;
        throw error;
      },
    );
  };
  const top = await git("rev-parse", "--show-toplevel");
  // A tree that lies in the repository of something else has no say there.
  if (top === undefined || (await realpath(top)) !== (await realpath(checkout))) return "no repository";
  if ((await git("config", "--get", "core.hooksPath")) !== undefined) return "hooks lie elsewhere";
  const hooks = await git("rev-parse", "--git-path", "hooks");
  return hooks === undefined ? "no repository" : write(join(resolve(checkout, hooks), "commit-msg"));
}

async function write(path: string): Promise<Installed> {
  const found = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (found === HOOK) return "there already";
  if (found !== undefined && !found.includes(MARK)) return "another's hook is there";
  await mkdir(dirname(path), { recursive: true });
  if (found === undefined) return writeNew(path);
  const draft = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(draft, HOOK, { mode: 0o755 });
    await rename(draft, path);
  } finally {
    await rm(draft, { force: true });
  }
  return "installed";
}

/** Never over a hook that came meanwhile. */
async function writeNew(path: string): Promise<Installed> {
  return writeFile(path, HOOK, { mode: 0o755, flag: "wx" }).then(
    () => "installed" as const,
    (error: NodeJS.ErrnoException) => {
      if (error.code === "EEXIST") return "another's hook is there" as const;
      throw error;
    },
  );
}
