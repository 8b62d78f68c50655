import { statSync } from "node:fs";
import type { Environment } from "../core/words";
import { namedSandboxFile } from "./environment";
import { type Runtime, readRuntime } from "./runtime";

/** The variables of this process: the one place where the provider takes them from. */
export function processVariables(): NodeJS.ProcessEnv {
  return process.env;
}

/** The sandbox as it was read last, and the state of its file then. Every check and diff asks for it. */
let sandbox: { readonly stamp: string; readonly runtime: Runtime } | undefined;

/** The runtime of this process. @throws as {@link readRuntime} */
export function processRuntime(environment: Environment): Runtime {
  const env = processVariables();
  if (environment !== "sandbox") return readRuntime(environment, env, process.execArgv);
  const stamp = stampOf(namedSandboxFile(env));
  if (sandbox?.stamp !== stamp) sandbox = { stamp, runtime: readRuntime(environment, env) };
  return sandbox.runtime;
}

/** A sandbox that starts replaces its file. */
function stampOf(path: string): string {
  try {
    const { ino, mtimeMs } = statSync(path);
    return `${path} ${ino} ${mtimeMs}`;
  } catch {
    // Reading it is about to say what is wrong.
    return path;
  }
}
