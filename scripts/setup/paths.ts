import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";

/** The checkout's top folder. */
export const root = resolve(__dirname, "../..");

/** What the runs of this checkout leave behind: ignored by git, deleted at will. */
export const stateFolder = join(root, ".exchange-keys");

/** Where built and downloaded tools are kept, shared by all checkouts of a user. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.XDG_CACHE_HOME;
  return join(base === undefined || base === "" ? join(homedir(), ".cache") : base, "pulumi-exchange-keys");
}

/** Where the official npm package and the Automation API keep a released CLI. */
export function officialFolder(version: string, env: NodeJS.ProcessEnv = process.env): string {
  const home = env.PULUMI_HOME;
  return join(home === undefined || home === "" ? join(homedir(), ".pulumi") : home, "versions", version, "bin");
}

/** The file name of a program on this platform. */
export function executable(name: string): string {
  return process.platform === "win32" ? `${name}.exe` : name;
}

/** The installed Pulumi SDK: it brings the launcher of dynamic providers. */
export function sdkFolder(): string {
  return dirname(require.resolve("@pulumi/pulumi/package.json", { paths: [root] }));
}
