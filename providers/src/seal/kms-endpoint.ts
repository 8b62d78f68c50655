import ipaddr from "ipaddr.js";
import { KeyError } from "../core/errors";
import type { Environment } from "../core/words";

/** Environment variables, such as `process.env`. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Where KMS is: `undefined` for AWS itself, an endpoint on this machine in the sandbox.
 * @throws KeyError `EnvironmentRefused` for an override outside the sandbox, and for a sandbox without one: it reaches nothing but loopback
 */
export function kmsEndpoint(environment: Environment, env: Variables): string | undefined {
  if (environment !== "sandbox") {
    const override = Object.keys(env).find((name) => name.startsWith("AWS_ENDPOINT_URL") && isSet(env[name]));
    if (override === undefined) return undefined;
    throw refused(`${override} is set, and only the environment sandbox may move AWS endpoints`, `Unset ${override}.`);
  }
  const name = isSet(env.AWS_ENDPOINT_URL_KMS) ? "AWS_ENDPOINT_URL_KMS" : "AWS_ENDPOINT_URL";
  const endpoint = env[name];
  if (!isSet(endpoint)) {
    throw refused(
      "in the environment sandbox awskms:// reaches loopback addresses only, and no endpoint is set",
      "Set AWS_ENDPOINT_URL_KMS to an emulator on this machine, or seal with local:///path/to/key.",
    );
  }
  if (isLoopbackUrl(endpoint)) return endpoint;
  throw refused(`${name} does not name a loopback address`, "The sandbox reaches this machine only.");
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

function isLoopbackUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  if (protocol !== "http:" && protocol !== "https:") return false;
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  return host === "localhost" || (ipaddr.isValid(host) && ipaddr.process(host).range() === "loopback");
}

function refused(message: string, hint: string): KeyError {
  return new KeyError({ kind: "EnvironmentRefused", message, hint });
}
