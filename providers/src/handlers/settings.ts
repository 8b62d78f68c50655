import type { dynamic } from "@pulumi/pulumi";
import { KeyError } from "../core/errors";
import { UNKNOWN } from "../core/inputs";
import { isProblems, readSettings, SETTINGS_NAMESPACE, type Settings, type SettingsProblem } from "../core/settings";
import type { Problem } from "../core/shape";
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
 * Takes what the program reports of its run from among a resource's properties. The engine does not give it to a provider, so resources do,
 * at each check. It is the stack's name, which only the journal of this run keeps, and what is wrong with all that the program declares.
 * Neither is an input.
 */
export function takeRun<P extends Readonly<Record<string, unknown>>>({
  stack: told,
  refused: _,
  ...properties
}: P): Omit<P, "stack" | "refused"> {
  if (typeof told === "string") stack = told;
  return properties;
}

/** Why nothing that the program declares is made, if that is so. Two sound keys may be wrong together. */
export function refusedRun({ refused }: Readonly<Record<string, unknown>>): readonly Problem[] {
  if (typeof refused !== "string" || refused === UNKNOWN) return [];
  return [{ property: "", reason: `is not made, because what is declared cannot be: ${refused}` }];
}

/** The stack's name. `undefined` where no check has told it: nothing is checked when a stack is destroyed. */
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
