import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { root } from "./paths";

const versionsFile = z.strictObject({ pulumi: z.string(), minimum: z.string(), languageHost: z.string() });
const checksumsFile = z.strictObject({
  version: z.string(),
  sha256: z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/)),
});

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(join(root, "toolchain", path), "utf8"));
}

/** The pinned Pulumi, the oldest one taken from PATH, and the language host that Go can build. */
export const pinned = versionsFile.parse(readJson("versions.json"));

/** SHA-256 of release archives by file name. Empty where nobody has pinned them: then only the published file is checked. */
export function pinnedChecksums(): Readonly<Record<string, string>> {
  const file = checksumsFile.parse(readJson("checksums.json"));
  return file.version === pinned.pulumi ? file.sha256 : {};
}

export type Version = readonly [major: number, minor: number, patch: number];

/** `undefined` when the text does not start with a version such as `v3.245.0`. */
export function parseVersion(text: string): Version | undefined {
  const found = /^v?(\d+)\.(\d+)\.(\d+)(?![\d.])/.exec(text.trim());
  return found === null ? undefined : [Number(found[1]), Number(found[2]), Number(found[3])];
}

/** Negative, zero or positive, as sort functions expect. */
export function compareVersions(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}
