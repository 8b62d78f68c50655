import { readFileSync } from "node:fs";
import ipaddr from "ipaddr.js";
import { z } from "zod";
import type { Clock } from "../core/clock";
import { refuse, SANDBOX_VARIABLE } from "./environment";

const RESTART = "Start the sandbox again: npm run sandbox.";

const endpoint = z.string().refine(isLoopbackOrigin, { message: "is not an origin with a loopback address" });

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
  const parsed = sandboxSchema.safeParse(readJson(path, `the file that ${SANDBOX_VARIABLE} names`));
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
  throw refuse(`the file that ${SANDBOX_VARIABLE} names is not a sandbox's (${where})`, RESTART);
}

/** The certificate authority's PEM text. @throws KeyError `EnvironmentRefused` */
export function readAuthority(path: string): string {
  return readText(path, "the sandbox's certificate authority");
}

/** The sandbox's clock. The file is read at each `now()`, so that moving it moves every process. */
export function sandboxClock(path: string): Clock {
  return {
    now: () => {
      const parsed = clockSchema.safeParse(readJson(path, "the sandbox's clock"));
      if (!parsed.success) throw refuse("the sandbox's clock file has no whole number offsetMs", RESTART);
      return new Date(Date.now() + parsed.data.offsetMs);
    },
  };
}

function readJson(path: string, what: string): unknown {
  const text = readText(path, what);
  try {
    return JSON.parse(text);
  } catch {
    throw refuse(`${what} is not JSON`, RESTART);
  }
}

function readText(path: string, what: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw refuse(`${what} cannot be read (${(error as NodeJS.ErrnoException).code ?? "unknown reason"})`, RESTART);
  }
}

/** Addresses only: a name can be made to resolve to anywhere. */
function isLoopbackOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || url.origin !== text || !["http:", "https:"].includes(url.protocol)) return false;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return ipaddr.isValid(host) && ipaddr.parse(host).range() === "loopback";
}
