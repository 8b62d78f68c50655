import { copyFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { findProgram, pathFolders } from "./look";
import { executable, root, sdkFolder } from "./paths";
import type { Report } from "./report";
import { compareVersions, parseVersion, pinned } from "./versions";

interface Target {
  readonly program: string;
  /** Folder below toolchain/ with the committed go.mod and go.sum. */
  readonly module: string;
  readonly source: string;
  readonly version: string;
}

const targets: readonly Target[] = [
  { program: "pulumi", module: "pulumi-cli", source: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", version: pinned.pulumi },
  {
    program: "pulumi-language-nodejs",
    module: "node-language-host",
    source: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
    version: pinned.languageHost,
  },
];

/** The Go that a go.mod asks for. @throws when the file does not say. */
export function wantedGo(goMod: string): string {
  const found = /^go (\S+)$/m.exec(goMod)?.[1];
  if (found === undefined) throw new Error("go.mod names no Go version");
  return found;
}

/** What is wrong with the Go that answered, in words that say what to install; `undefined` when it will do. */
export function goProblem(answer: string | undefined, wanted: string): string | undefined {
  const remedy = `install Go ${wanted} or later (https://go.dev/dl) or Pulumi ${pinned.minimum} or later (https://www.pulumi.com/docs/install)`;
  if (answer === undefined) return `go is missing: ${remedy}`;
  const version = parseVersion(/go(\d+\.\d+(?:\.\d+)?)/.exec(answer)?.[1]?.replace(/^(\d+\.\d+)$/, "$1.0") ?? "");
  const least = parseVersion(wanted.replace(/^(\d+\.\d+)$/, "$1.0"));
  if (version === undefined || least === undefined) return `go tells no version that can be read: ${remedy}`;
  return compareVersions(version, least) < 0 ? `go ${version.join(".")} is too old: ${remedy}` : undefined;
}

/** Builds the CLI and its Node language host from Go modules; the committed go.sum decides what may be built. */
export async function buildFromModules(into: string, report: Report, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const go = findProgram("go", pathFolders(env));
  for (const target of targets) await build({ target, go, into, env }, report);
  await copyLauncher(into);
  return `built from Go modules, language host ${pinned.languageHost}`;
}

/** A release has the launcher of dynamic providers beside the CLI; found elsewhere, each command would warn of it. */
async function copyLauncher(into: string): Promise<void> {
  const name = `pulumi-resource-pulumi-nodejs${process.platform === "win32" ? ".cmd" : ""}`;
  await copyFile(join(sdkFolder(), name), join(into, name));
}

async function build(
  at: { target: Target; go: string | undefined; into: string; env: NodeJS.ProcessEnv },
  report: Report,
): Promise<void> {
  const { runShown } = await import("./command.mjs");
  const { target } = at;
  const cwd = join(root, "toolchain", target.module);
  const wanted = wantedGo(await readFile(join(cwd, "go.mod"), "utf8"));
  const env = { ...at.env, GOWORK: "off" };
  const title = `building ${target.program} ${target.version} from Go modules`;
  const run = (args: readonly string[], more: { onLine?: (line: string) => void; detail?: () => string } = {}) =>
    runShown({ title, file: at.go ?? "go", args, cwd, env, report, ...more });
  const problem = goProblem(at.go === undefined ? undefined : await run(["version"]), wanted);
  if (problem !== undefined) throw new Error(problem);
  report(`${title}: a few minutes the first time`);
  const seen = { modules: 0, packages: 0 };
  const flags = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${target.version}`;
  await run(["build", "-v", "-mod=readonly", "-ldflags", flags, "-o", join(at.into, executable(target.program)), target.source], {
    onLine: (line) => (line.startsWith("go: downloading ") ? seen.modules++ : seen.packages++),
    detail: () => `${seen.modules} modules downloaded, ${seen.packages} packages compiled`,
  });
}
