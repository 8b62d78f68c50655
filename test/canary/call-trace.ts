import { spawnSync } from "node:child_process";
import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { resolve, sep } from "node:path";
import { createInterface } from "node:readline";
import { finished } from "node:stream/promises";

/** How programs start, files are opened, and bytes leave a process. Not every machine has those with a question mark. */
const CALLS = "execve,openat,?open,?creat,write,writev,pwrite64,pwritev,?pwritev2,sendto,sendmsg,?sendmmsg";

/** Only these calls are stopped at, so that a run is hardly slower; texts are shown up to a mebibyte. */
const STRACE = ["strace", "-f", "-qq", "-y", "-v", "--seccomp-bpf", "-s", String(2 ** 20), "-e", `trace=${CALLS}`, "-o"];

/** Whether `strace` is there, and lets itself be used. */
export function canTrace(): boolean {
  const [program = "", ...args] = STRACE;
  return spawnSync(program, [...args, "/dev/null", "true"]).status === 0;
}

/** What may not be kept of a trace. */
export interface Unkept {
  /** Names of variables that hold a secret by declaration. */
  readonly declared: ReadonlySet<string>;
  /** Folders that are there for secrets. */
  readonly except: readonly string[];
}

/**
 * Every byte that any process of a run writes, to whatever it may be, and what every program is started with: also of what lives too short to be
 * looked at.
 */
export class CallTrace {
  /** @param raw where `strace` writes. Holds what is not kept until it is settled */
  constructor(private readonly raw: string) {}

  /** What to put before a command in a shell. */
  get prefix(): string {
    return [...STRACE, `"${this.raw}"`].join(" ");
  }

  /**
   * Puts what may be kept into a file, and deletes the rest.
   * @returns paths that were opened to be written
   */
  async settle(file: string, unkept: Unkept): Promise<ReadonlySet<string>> {
    const opened = new Set<string>();
    const kept = createWriteStream(file);
    for await (const line of createInterface({ input: createReadStream(this.raw) })) {
      const path = openedToWrite(line);
      if (path !== undefined) opened.add(path);
      if (!isWriteInto(line, unkept.except)) kept.write(`${withoutVariables(line, unkept.declared)}\n`);
    }
    kept.end();
    await finished(kept);
    await rm(this.raw);
    return opened;
  }
}

function openedToWrite(line: string): string | undefined {
  const [, folder = "/", path = "", flags = ""] =
    /^\d+ +(?:openat\((?:AT_FDCWD|\d+)<([^>]*)>, |open\(|creat\()"((?:[^"\\]|\\.)*)"(, [A-Z_|]+)?/.exec(line) ?? [];
  const writes = /^\d+ +creat\(/.test(line) || /O_WRONLY|O_RDWR|O_CREAT/.test(flags);
  return path !== "" && writes ? resolve(folder, path) : undefined;
}

function isWriteInto(line: string, folders: readonly string[]): boolean {
  const path = /^\d+ +\w+\(\d+<([^>]*)>/.exec(line)?.[1] ?? "";
  return folders.some((folder) => path.startsWith(folder + sep));
}

/** Arguments are the first list of a call that starts a program, variables are the second. */
function withoutVariables(line: string, declared: ReadonlySet<string>): string {
  if (!/^\d+ +execve\(/.test(line)) return line;
  let lists = 0;
  return line.replace(/"(?:[^"\\]|\\.)*"|\[/g, (token) => {
    if (token === "[") lists += 1;
    return lists === 2 && declared.has(token.slice(1, token.indexOf("="))) ? '"declared"' : token;
  });
}
