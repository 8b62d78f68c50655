import { installCommitHook } from "./commit-hook";
import { ensureProvider } from "./provider";
import { type Report, reportToStderr } from "./report";
import { ensureToolchain } from "./toolchain";

/** The part of set-up that may use npm packages, which are its first step. `--no-pulumi` leaves the CLI out. */
async function main(args: readonly string[]): Promise<void> {
  const unknown = args.filter((arg) => arg !== "--no-pulumi");
  if (unknown.length > 0) throw new Error(`unknown argument ${unknown.join(" ")}: only --no-pulumi is known`);
  const withPulumi = args.length === 0;
  const steps = withPulumi ? 3 : 2;
  const hook = await installCommitHook();
  if (hook === "installed") reportToStderr("installed the hook that checks commit messages: see CONTRIBUTING.md");
  await shown({ step: 2, steps }, ensureProvider);
  if (!withPulumi) return;
  const toolchain = await shown({ step: 3, steps }, (report) => ensureToolchain({ report }));
  reportToStderr(`ready, with Pulumi ${toolchain.version} (${toolchain.obtained})`);
}

/** Runs a step, and shows how far it is in one line of a terminal. */
async function shown<T>(at: { readonly step: number; readonly steps: number }, act: (report: Report) => Promise<T>): Promise<T> {
  const { progress } = await import("./progress.mjs");
  const { report, done } = progress(at);
  try {
    return await act(report);
  } finally {
    done();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  reportToStderr(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
