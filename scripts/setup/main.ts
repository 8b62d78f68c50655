import { installCommitHook } from "./commit-hook";
import { ensureProvider } from "./provider";
import { reportToStderr } from "./report";
import { ensureToolchain } from "./toolchain";

/** The part of set-up that may use npm packages. `--no-pulumi` leaves the CLI out. */
async function main(args: readonly string[]): Promise<void> {
  const unknown = args.filter((arg) => arg !== "--no-pulumi");
  if (unknown.length > 0) throw new Error(`unknown argument ${unknown.join(" ")}: only --no-pulumi is known`);
  const hook = await installCommitHook();
  if (hook === "installed") reportToStderr("installed the hook that checks commit messages: see CONTRIBUTING.md");
  await ensureProvider(reportToStderr);
  if (args.includes("--no-pulumi")) return;
  const toolchain = await ensureToolchain();
  reportToStderr(`ready, with Pulumi ${toolchain.version} (${toolchain.obtained})`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  reportToStderr(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
