import type { Environment } from "../core/words";
import { type Runtime, readRuntime } from "./runtime";

/** The variables of this process: the one place where the provider takes them from. */
export function processVariables(): NodeJS.ProcessEnv {
  return process.env;
}

/** The runtime of this process. @throws as {@link readRuntime} */
export function processRuntime(environment: Environment): Runtime {
  return readRuntime(environment, processVariables());
}
