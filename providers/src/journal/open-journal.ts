import { randomBytes } from "node:crypto";
import { userInfo } from "node:os";
import type { JournalSettings } from "../core/settings";
import type { Environment } from "../core/words";
import { Journal } from "./journal";

/** Where a journal is kept when nothing else is said: in the folder that the provider runs in, which is the project's. */
export const DEFAULT_FOLDER = ".exchange-keys/journal";

/** Names who acts and for which job, as the usual continuous-integration services do. */
const ACTOR = ["EXCHANGE_KEYS_ACTOR", "GITHUB_ACTOR", "GITLAB_USER_LOGIN", "BUILDKITE_BUILD_CREATOR"];
const JOB = ["EXCHANGE_KEYS_JOB", "GITHUB_RUN_ID", "CI_JOB_ID", "BUILDKITE_BUILD_ID"];

/** Not the stack's: a journal is read beside others, and a sandbox's clock ends with it. */
const MACHINE = { now: () => new Date() };

const run = randomBytes(6).toString("hex");
const opened = new Map<string, Journal>();

/** What the journal of a process says of it. */
export interface Ground {
  readonly environment: Environment;
  readonly env: NodeJS.ProcessEnv;
  /** The stack's name, once it is known. */
  readonly stack?: () => string | undefined;
}

/** The journal of this process. Makes no file before the first act. */
export function openJournal(settings: JournalSettings, { environment, env, stack: known }: Ground): Journal {
  const { folder = DEFAULT_FOLDER } = settings;
  const before = opened.get(folder);
  if (before !== undefined) return before;
  const named = { job: first(JOB, env), project: first(["PULUMI_PROJECT"], env) };
  const given = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  const actor = first(ACTOR, env) ?? userName();
  const stack = (): string | undefined => settings.stack ?? known?.() ?? first(["PULUMI_STACK"], env);
  const journal = new Journal(folder, { run, actor, environment, ...given, stack }, MACHINE);
  opened.set(folder, journal);
  return journal;
}

function first(names: readonly string[], env: NodeJS.ProcessEnv): string | undefined {
  return names.map((name) => env[name]).find((value) => value !== undefined && value !== "");
}

/** A user without an entry in the system's list has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return "unknown";
  }
}
