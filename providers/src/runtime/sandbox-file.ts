import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from "node:fs";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import type { Clock } from "../core/clock";
import { KeyError } from "../core/errors";
import { refuse, SANDBOX_VARIABLE } from "./environment";

const RESTART = "Start the sandbox again: npm run sandbox.";

const endpoint = z.string().refine(isLoopbackOrigin, { message: "is not an https origin with a loopback address" });

const sandboxSchema = z.object({
  pid: z.number().int(),
  control: z.string(),
  /** Path of the certificate authority, PEM. */
  ca: z.string(),
  /** Path of the clock's file. */
  clock: z.string(),
  endpoints: z.record(z.string(), endpoint),
  /** How many times faster than the descriptor's pace the limiter may go. */
  rateScale: z.number().positive().optional(),
});
export type SandboxFile = z.output<typeof sandboxSchema>;

const clockSchema = z.object({ offsetMs: z.number().int() });

/** What a running sandbox says about itself. @throws KeyError `EnvironmentRefused` */
export function readSandboxFile(path: string): SandboxFile {
  const parsed = sandboxSchema.safeParse(readJson(path, `the file that ${SANDBOX_VARIABLE} names`, CLOSED));
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
  throw refuse(`the file that ${SANDBOX_VARIABLE} names is not a sandbox's (${where})`, RESTART);
}

/** The certificate authority's PEM text. @throws KeyError `EnvironmentRefused` */
export function readAuthority(path: string): string {
  return readText(path, "the sandbox's certificate authority", UNCHANGED);
}

/** The sandbox's clock. The file is read at each `now()`, so that moving it moves every process. */
export function sandboxClock(path: string): Clock {
  return {
    now: () => {
      const parsed = clockSchema.safeParse(readJson(path, "the sandbox's clock", UNCHANGED));
      if (!parsed.success) throw refuse("the sandbox's clock file has no whole number offsetMs", RESTART);
      return new Date(Date.now() + parsed.data.offsetMs);
    },
  };
}

/** What other users may not do to a file: who can write one of these decides where credentials go, or what time it is. */
interface Guard {
  readonly forbidden: number;
  readonly remedy: string;
}
const CLOSED: Guard = { forbidden: 0o077, remedy: "chmod 600" };
const UNCHANGED: Guard = { forbidden: 0o022, remedy: "chmod go-w" };

function readJson(path: string, what: string, guard: Guard): unknown {
  const text = readText(path, what, guard);
  try {
    return JSON.parse(text);
  } catch {
    throw refuse(`${what} is not JSON`, RESTART);
  }
}

function readText(path: string, what: string, guard: Guard): string {
  try {
    // Not blocking: opening a pipe would otherwise wait for its writer.
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const problem = problemOf(fstatSync(file), guard);
      if (problem !== undefined) throw refuse(`${what} ${problem}`, RESTART);
      return readFileSync(file, "utf8");
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (error instanceof KeyError) throw error;
    throw refuse(`${what} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown reason"})`, RESTART);
  }
}

function problemOf(stats: Stats, { forbidden, remedy }: Guard): string | undefined {
  if (!stats.isFile()) return "is not a regular file";
  const caller = process.getuid?.();
  // Where there are no users, there are no others.
  if (caller === undefined) return undefined;
  if (stats.uid !== caller && stats.uid !== 0) return "belongs to another user";
  return (stats.mode & forbidden) === 0 ? undefined : `is open to other users: ${remedy} it`;
}

/** Addresses only: a name can be made to resolve to anywhere. */
function isLoopbackOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.origin !== text || url.protocol !== "https:") return false;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return ipaddr.isValid(host) && ipaddr.parse(host).range() === "loopback";
}
