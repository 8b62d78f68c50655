import { realpathSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { place, readMarker } from "./cache";
import { judge } from "./choice";
import { buildFromModules } from "./go-build";
import { type Found, findProgram, look, pathFolders } from "./look";
import { cacheFolder, officialFolder, sdkFolder, stateFolder } from "./paths";
import { archiveName, downloadRelease, releaseOrigin } from "./release";
import { type Report, reportToStderr } from "./report";
import { pinned, pinnedChecksums } from "./versions";

/** A Pulumi that can run this project's program. */
export interface Toolchain {
  /** Full path of the CLI. */
  readonly pulumi: string;
  readonly version: string;
  /** Where it came from, for people. */
  readonly obtained: string;
  /** Folders that must come first on PATH. */
  readonly pathEntries: readonly string[];
  /** To be laid over the caller's environment. The caller chooses the backend. */
  readonly env: Readonly<Record<string, string>>;
}

export interface ToolchainOptions {
  readonly report?: Report;
  /** Pulumi's own folder (logins, plugins). Ours by default, so that a user's login is never touched. */
  readonly home?: string;
}

/**
 * Finds a Pulumi CLI on PATH, in a cache, as an official release or as Go modules, in this order.
 * @throws naming what to install when none of these leads to one.
 */
export async function ensureToolchain(options: ToolchainOptions = {}): Promise<Toolchain> {
  const report = options.report ?? reportToStderr;
  const home = options.home ?? join(stateFolder, "pulumi-home");
  const chosen = (await findInstalled(report)) ?? (await obtain(report));
  // The SDK's launcher of dynamic providers, for a CLI without one beside it.
  const pathEntries = [...new Set([...chosen.found.folders, sdkFolder(), ...nodeFolder()])];
  const env = {
    PATH: [...pathEntries, ...pathFolders(process.env)].join(delimiter),
    PULUMI_HOME: home,
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
  };
  return {
    pulumi: chosen.found.pulumi,
    version: (chosen.found.version ?? "").trim(),
    obtained: chosen.obtained,
    pathEntries,
    env,
  };
}

/** Pulumi starts whatever `node` is first on PATH; it must be the one that installed the dependencies. */
function nodeFolder(): string[] {
  const first = findProgram("node", pathFolders(process.env));
  return first !== undefined && realpathSync(first) === realpathSync(process.execPath) ? [] : [dirname(process.execPath)];
}

interface Chosen {
  readonly found: Found;
  readonly obtained: string;
}

const ownFolder = () => join(cacheFolder(), `pulumi-${pinned.pulumi}`);

async function findInstalled(report: Report): Promise<Chosen | undefined> {
  const onPath = await look("PATH", pathFolders(process.env));
  const verdict = judge(onPath, { minimum: pinned.minimum });
  if (verdict.use) return { found: onPath, obtained: "on PATH" };
  if (onPath.version !== undefined) report(`${verdict.why}: not used`);
  return (await findCached()) ?? findOfficial();
}

async function findCached(): Promise<Chosen | undefined> {
  const marker = await readMarker(ownFolder());
  if (marker === undefined) return undefined;
  const found = await look("cache", [join(ownFolder(), "bin")]);
  return isPinned(found) ? { found, obtained: `from the cache: ${marker.obtained}` } : undefined;
}

async function findOfficial(): Promise<Chosen | undefined> {
  const found = await look("official cache", [officialFolder(pinned.pulumi)]);
  return isPinned(found) ? { found, obtained: "from Pulumi's own cache" } : undefined;
}

function isPinned(found: Found): boolean {
  return judge(found, { minimum: pinned.minimum, exactly: pinned.pulumi }).use;
}

async function obtain(report: Report): Promise<Chosen> {
  const { withLock } = await import("./lock.mjs");
  return withLock(join(cacheFolder(), "set-up.lock"), report, async () => {
    const already = await findCached();
    if (already !== undefined) return already;
    await removeLeftovers();
    const marker = await place(ownFolder(), pinned.pulumi, (bin) => downloadOrBuild(bin, report));
    const found = await look("cache", [join(ownFolder(), "bin")]);
    const verdict = judge(found, { minimum: pinned.minimum, exactly: pinned.pulumi });
    if (!verdict.use) throw new Error(`the Pulumi that was just obtained does not work: ${verdict.why}`);
    return { found, obtained: marker.obtained };
  });
}

/** What an interrupted set-up left; nobody else writes there while we hold the lock. */
async function removeLeftovers(): Promise<void> {
  const names = await readdir(cacheFolder());
  const leftovers = names.filter((name) => name.startsWith("pulumi-") && name.endsWith(".tmp"));
  await Promise.all(leftovers.map((name) => rm(join(cacheFolder(), name), { recursive: true, force: true })));
}

async function downloadOrBuild(bin: string, report: Report): Promise<string> {
  const version = pinned.pulumi;
  try {
    const archive = archiveName(version, process.platform, process.arch);
    report(`downloading the official release of Pulumi ${version}`);
    return await downloadRelease({ origin: releaseOrigin, version, archive, pinned: pinnedChecksums()[archive] }, bin, report);
  } catch (error) {
    report(`no official release: ${reason(error)}; building Pulumi from Go modules instead`);
    await rm(bin, { recursive: true, force: true });
    return await buildFromModules(bin, report);
  }
}

/** The reason in one line, without addresses: network errors keep theirs in `cause.code`. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const code = error.cause instanceof Error && "code" in error.cause ? String(error.cause.code) : undefined;
  return code === undefined ? error.message : `${error.message} (${code})`;
}
