import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";

export function skipsPath({ id }: Descriptor): string {
  return `test/wire/golden/${id}/skips.json`;
}

/** How many cases of each contract suite an exchange leaves out. A process of its own loads the suites: by then the registry is written. */
export function skipsOf(root: string): (descriptor: Descriptor) => Promise<string> {
  let counted: Promise<Readonly<Record<string, Readonly<Record<string, number>>>>> | undefined;
  const count = async () => {
    const program = [process.execPath, ["--import", "tsx", join(root, "scripts/count-skips.ts")]] as const;
    const { stdout } = await promisify(execFile)(...program, { cwd: root });
    return JSON.parse(stdout) as Awaited<NonNullable<typeof counted>>;
  };
  return async ({ id }) => {
    counted ??= count();
    return `${JSON.stringify((await counted)[id] ?? {}, null, 2)}\n`;
  };
}
