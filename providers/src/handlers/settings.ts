import type { dynamic } from "@pulumi/pulumi";
import { KeyError } from "../core/errors";
import { isProblems, readSettings, SETTINGS_NAMESPACE, type Settings, type SettingsProblem } from "../core/settings";
import { watchEngine } from "../runtime/engine";

type Configured = Settings | readonly SettingsProblem[];

const NOTHING: readonly SettingsProblem[] = [
  { property: SETTINGS_NAMESPACE, reason: "the stack's configuration did not reach the provider" },
];

let configured: Configured = NOTHING;

/**
 * Takes the stack's configuration. It must not wait for anything: the host lets operations in while `configure` is awaited, and runs it
 * once only. A wrong configuration is remembered, and named by the first check.
 */
export async function configure(request: dynamic.ConfigureRequest): Promise<void> {
  watchEngine();
  configured = readSettings((key) => request.config.get(`${SETTINGS_NAMESPACE}:${key}`));
}

let stack: string | undefined;

/**
 * Takes the stack's name from among a resource's properties. The engine tells a provider nothing of it, so resources do, at each check: it is
 * no input of theirs, and is kept nowhere but in the journal of this run.
 */
export function takeStack<P extends Readonly<Record<string, unknown>>>({ stack: told, ...properties }: P): Omit<P, "stack"> {
  if (typeof told === "string") stack = told;
  return properties;
}

/** The stack's name; `undefined` where no check has told it: nothing is checked when a stack is destroyed. */
export function currentStack(): string | undefined {
  return stack;
}

/** The configuration, or everything that is wrong with it. */
export function currentSettings(): Configured {
  return configured;
}

/** The configuration, for operations that come after check. @throws KeyError `InvalidInput` when it cannot be used, naming the keys */
export function requireSettings(): Settings {
  if (!isProblems(configured)) return configured;
  const problems = configured.map(({ property, reason }) => `${property}: ${reason}`);
  throw new KeyError({ kind: "InvalidInput", message: `the stack's configuration cannot be used: ${problems.join("; ")}` });
}
