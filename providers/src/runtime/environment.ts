import { KeyError } from "../core/errors";
import type { Environment } from "../core/words";
import { logging, type Started, widening } from "./exposures";

/** Names the file that the sandbox writes when it is ready. */
export const SANDBOX_VARIABLE = "EXCHANGE_KEYS_SANDBOX";

/** Variables that move traffic or the clock. Only the sandbox may be reached that way. */
const OVERRIDES: readonly RegExp[] = [new RegExp(`^${SANDBOX_VARIABLE}$`), /^AWS_ENDPOINT_URL/, /^(HTTPS?|ALL)_PROXY$/];

/** Path of the sandbox's file. Pure. @throws KeyError `EnvironmentRefused` when none is named */
export function namedSandboxFile(env: NodeJS.ProcessEnv): string {
  const file = env[SANDBOX_VARIABLE];
  if (file === undefined || file === "") throw refuse(`${SANDBOX_VARIABLE} is not set`, "Start the sandbox: npm run sandbox.");
  return file;
}

/** Pure. @throws KeyError `EnvironmentRefused`, naming every variable and option that only the sandbox allows */
export function refuseOverrides(environment: Exclude<Environment, "sandbox">, started: Started): void {
  const { env } = started;
  const set = Object.keys(env).filter((name) => env[name] !== undefined && env[name] !== "");
  const moving = set.filter((name) => OVERRIDES.some((pattern) => pattern.test(name.toUpperCase())));
  const found = [...moving, ...widening(started), ...logging(started)];
  if (found.length === 0) return;
  const verb = found.length === 1 ? "is" : "are";
  throw refuse(
    `${found.join(", ")} ${verb} set, which only the environment sandbox allows; this is ${environment}`,
    "Unset it and run again. A private root for AWS endpoints belongs into exchange-keys:trust.",
  );
}

export function refuse(message: string, hint: string): KeyError {
  return new KeyError({ kind: "EnvironmentRefused", message, hint });
}
