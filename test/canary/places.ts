import { type Dirent, lstatSync, readdirSync } from "node:fs";
import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../scripts/setup/paths";

/** Variables that say where programs may write → the folder of the stage that a run is given for it. */
const GIVEN = {
  HOME: "home",
  PULUMI_HOME: "home",
  TMPDIR: "temporary",
  XDG_CACHE_HOME: "xdg/cache",
  XDG_CONFIG_HOME: "xdg/config",
  XDG_DATA_HOME: "xdg/data",
  XDG_RUNTIME_DIR: "xdg/runtime",
  XDG_STATE_HOME: "xdg/state",
  npm_config_cache: "npm-cache",
} as const;

/** Of `processes`, environments and command lines; of `npm`, its own logs; in `deploy`, the npm script that runs the CLI; in `raw`, traces that are not settled. */
const FOLDERS = ["logs", "npm", "deploy", "program", "processes", "journal", "sealing", "raw"] as const;

export type Folder = (typeof FOLDERS)[number];

/** Where the CLI, npm, the program and the provider write: all of it in one folder. */
export class Places {
  constructor(private readonly folder: string) {}

  at(folder: Folder): string {
    return join(this.folder, folder);
  }

  get variables(): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(GIVEN).map(([variable, name]) => [variable, join(this.folder, name)]));
  }

  /** Makes the folders, and copies the program: what it writes beside itself is then found. */
  async make(): Promise<void> {
    for (const name of [...FOLDERS, ...Object.values(GIVEN)]) await mkdir(join(this.folder, name), { recursive: true });
    const program = this.at("program");
    for (const name of ["Pulumi.yaml", "index.ts", "desk.ts", "package.json"])
      await copyFile(join(root, name), join(program, name));
    await writeFile(join(program, "tsconfig.json"), JSON.stringify({ extends: join(root, "tsconfig.json") }));
    await symlink(join(root, "node_modules"), join(program, "node_modules"));
  }

  /**
   * A program that calls `pulumi` as a team's `npm run deploy` does, with all that npm can log.
   * @param prefix put before npm
   */
  async byNpmScript(pulumi: string, prefix: string): Promise<string> {
    const folder = this.at("deploy");
    await writeFile(join(folder, "package.json"), JSON.stringify({ name: "deploy", scripts: { deploy: pulumi } }));
    const npm = `npm --prefix "${folder}" --loglevel silly --logs-dir "${this.at("npm")}" --logs-max 1000 --no-update-notifier`;
    const program = join(folder, "deploy.sh");
    await writeFile(program, `#!/bin/sh\nexec ${prefix} ${npm} run deploy -- --cwd "$PWD" "$@"\n`, { mode: 0o755 });
    return program;
  }
}

/** Files of the checkout that were written, renamed or linked since then. Of git's own, nothing, nor what other runs take away meanwhile. */
export function changedInCheckout(sinceMs: number): readonly string[] {
  const under = (folder: string): readonly string[] =>
    entriesOf(folder).flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return entry.name === ".git" ? [] : under(path);
      const stats = lstatSync(path, { throwIfNoEntry: false });
      return stats !== undefined && stats.ctimeMs >= sinceMs ? [path] : [];
    });
  return under(root);
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Whether what was looked for is not there, or not any more. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
