import type { Clock } from "../core/clock";
import { KeyError } from "../core/errors";
import type { Secret } from "../core/secret";
import { UNFINISHED_HINT, whyUnfinished } from "../core/support";
import type { Environment } from "../core/words";
import { resolveReference } from "../credentials/reference";
import type { Descriptor } from "../exchanges/descriptor";
import { namedSandboxFile, refuse, refuseOverrides } from "./environment";
import { readAuthority, readSandboxFile, type SandboxFile, sandboxClock } from "./sandbox-file";

/** The outside world of one declared environment: hosts, certificates, clock, credentials. Nothing else looks at environment variables. */
export interface Runtime {
  readonly environment: Environment;
  readonly clock: Clock;
  /** Certificate authority to trust instead of the public ones, PEM. Sandbox only. */
  readonly ca?: string;
  /** How many times faster than an exchange's documented pace calls may go. 1 but in a sandbox that says otherwise. */
  readonly rateScale: number;
  /** Origin of an exchange, such as `https://api.example.com`. @throws KeyError `EnvironmentRefused`, `InvalidInput` (unknown site) */
  endpointOf(descriptor: Descriptor, site?: string): string;
  /** The credential behind a reference. @throws KeyError `CredentialsUnavailable`, `InvalidInput` */
  secretOf(reference: string): Promise<Secret>;
}

/**
 * The runtime of a declared environment.
 * @param execArgv options of Node that this process was started with
 * @throws KeyError `EnvironmentRefused` when a variable or an option asks for what this environment does not allow, or the sandbox is not there
 */
export function readRuntime(environment: Environment, env: NodeJS.ProcessEnv, execArgv: readonly string[] = []): Runtime {
  const secretOf = (reference: string): Promise<Secret> => resolveReference(reference, { environment, env });
  if (environment === "sandbox") return { ...sandboxRuntime(readSandboxFile(namedSandboxFile(env))), secretOf };
  refuseOverrides(environment, { env, execArgv });
  return {
    environment,
    clock: { now: () => new Date() },
    rateScale: 1,
    endpointOf: (descriptor, site = "global") => realEndpoint(descriptor, environment, site),
    secretOf,
  };
}

function sandboxRuntime(sandbox: SandboxFile): Omit<Runtime, "secretOf"> {
  return {
    environment: "sandbox",
    clock: sandboxClock(sandbox.clock),
    ca: readAuthority(sandbox.ca),
    rateScale: sandbox.rateScale ?? 1,
    endpointOf: ({ id }) => {
      const endpoint = new Map(Object.entries(sandbox.endpoints)).get(id);
      if (endpoint === undefined) throw refuse(`the running sandbox does not serve ${id}`, "Start it with that exchange.");
      return endpoint;
    },
  };
}

function realEndpoint(descriptor: Descriptor, environment: Exclude<Environment, "sandbox">, site: string): string {
  const unfinished = environment === "production" ? whyUnfinished(descriptor) : undefined;
  if (unfinished !== undefined) {
    throw new KeyError({ kind: "NotSupported", exchange: descriptor.id, message: unfinished, hint: UNFINISHED_HINT });
  }
  const hosts = new Map(Object.entries(descriptor.hosts[environment]));
  const host = hosts.get(site);
  if (host !== undefined) return `https://${host}`;
  throw new KeyError({
    kind: "InvalidInput",
    exchange: descriptor.id,
    message: `there is no site "${site}" in ${environment}`,
    hint: hosts.size === 0 ? "The exchange has no such environment." : `Sites: ${[...hosts.keys()].join(", ")}.`,
  });
}
