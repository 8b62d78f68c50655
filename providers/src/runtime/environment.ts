import { KeyError } from "../core/errors";
import type { Environment } from "../core/words";

/** Names the file that the sandbox writes when it is ready. */
export const SANDBOX_VARIABLE = "EXCHANGE_KEYS_SANDBOX";

/** Variables that move traffic, weaken TLS or move the clock. Only the sandbox may be reached that way. */
const OVERRIDES: readonly RegExp[] = [
  new RegExp(`^${SANDBOX_VARIABLE}$`),
  /^AWS_ENDPOINT_URL/,
  /^(HTTPS?|ALL)_PROXY$/,
  /^NODE_TLS_REJECT_UNAUTHORIZED$/,
  /^NODE_EXTRA_CA_CERTS$/,
];

/** Path of the sandbox's file. Pure. @throws KeyError `EnvironmentRefused` when none is named */
export function namedSandboxFile(env: NodeJS.ProcessEnv): string {
  const file = env[SANDBOX_VARIABLE];
  if (file === undefined || file === "") throw refuse(`${SANDBOX_VARIABLE} is not set`, "Start the sandbox: npm run sandbox.");
  return file;
}

/** Pure. @throws KeyError `EnvironmentRefused`, naming a variable that only the sandbox allows */
export function refuseOverrides(environment: Exclude<Environment, "sandbox">, env: NodeJS.ProcessEnv): void {
  const set = Object.keys(env).filter((name) => env[name] !== undefined && env[name] !== "");
  const override = set.find((name) => OVERRIDES.some((pattern) => pattern.test(name.toUpperCase())));
  if (override === undefined) return;
  throw refuse(
    `${override} is set, which only the environment sandbox allows; this is ${environment}`,
    "Unset it and run again.",
  );
}

export function refuse(message: string, hint: string): KeyError {
  return new KeyError({ kind: "EnvironmentRefused", message, hint });
}
