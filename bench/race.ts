import { cp, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { stringify } from "yaml";
import { changesIn, type Run, Stack, type StackOptions } from "../harness/stack";
import { root } from "../scripts/setup/paths";
import { sandboxConfig, writeConfig } from "./sandbox-stack";

export const KINDS = ["bare", "keys"] as const;
export type Kind = (typeof KINDS)[number];

export const ACTS = ["up", "preview", "refresh"] as const;
export type Act = (typeof ACTS)[number];

/** Seconds of one act on all resources of a stack. */
export interface Lap {
  readonly kind: Kind;
  readonly act: Act;
  readonly seconds: number;
}

/** One stack of `count` resources of a kind. */
export interface Course extends Pick<StackOptions, "toolchain" | "env"> {
  readonly kind: Kind;
  readonly count: number;
  /** Folder of the project, the same for both kinds. */
  readonly project: string;
  /** Folder for state and documents, a fresh one for each stack. */
  readonly folder: string;
}

/**
 * A project below the checkout, so that its program finds the installed packages, with the bare provider where a package belongs: its
 * code is then captured as a `require`, as ours is.
 */
export async function makeProject(folder: string): Promise<void> {
  await cp(join(root, "bench", "noop"), join(folder, "node_modules", "exchange-keys-bench-noop"), { recursive: true });
  const program = relative(folder, join(root, "bench", "program"))
    .split(sep)
    .join("/");
  await writeFile(join(folder, "index.ts"), `import ${JSON.stringify(program)};\n`);
  // The harness looks for checkpoints under this name.
  await writeFile(join(folder, "Pulumi.yaml"), stringify({ name: "exchange-keys", runtime: "nodejs", main: "index.ts" }));
}

/** First `up`, a preview and a preview with refresh when nothing has changed. @throws Error when one of them does anything else */
export async function race(course: Course): Promise<readonly Lap[]> {
  const { kind, count, project, folder, toolchain, env } = course;
  const { config } = await sandboxConfig();
  const shared = Object.entries(config).filter(([name]) => name.startsWith("exchange-keys:"));
  const own = { "bench:kind": kind, "bench:count": count, "bench:folder": folder };
  await writeConfig(join(project, `Pulumi.${kind}.yaml`), { ...Object.fromEntries(shared), ...own });
  const stack = new Stack({ toolchain, env, backend: join(folder, "state"), stack: kind, project });
  await stack.init();
  const lap = async (act: Act, run: () => Promise<Run>): Promise<Lap> => {
    const since = performance.now();
    const changes = changesIn(await run());
    const seconds = (performance.now() - since) / 1000;
    if (act === "up" && changes.created !== count + 1)
      throw new Error(`up made ${changes.created} resources instead of ${count + 1}`);
    return { kind, act, seconds };
  };
  return [
    await lap("up", () => stack.up()),
    await lap("preview", () => stack.must("preview", "--expect-no-changes")),
    await lap("refresh", () => stack.must("preview", "--refresh", "--expect-no-changes")),
  ];
}
