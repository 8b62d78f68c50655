import ipaddr from "ipaddr.js";
import { KeyError } from "../core/errors";
import type { Trust } from "../core/trust";
import type { Environment } from "../core/words";
import { logging } from "../runtime/exposures";

/** Environment variables, such as `process.env`. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** What an AWS service is reached with, besides its region. */
export interface AwsSurroundings {
  readonly environment: Environment;
  /** Such as `process.env`. */
  readonly env: Variables;
  /** A private root that AWS endpoints are trusted by, beside the public ones. */
  readonly trust?: Trust;
}

/** An AWS service, as `AWS_ENDPOINT_URL_<service>` names it, with the schemes of its references and what to use without it. */
export const AWS_SERVICES = {
  KMS: { scheme: "awskms://", instead: "seal with local:///path/to/key" },
  SSM: { scheme: "ssm://", instead: "publish to file:///path/to/document.json" },
  S3: { scheme: "s3://", instead: "publish to file:///path/to/document.json" },
  SECRETS_MANAGER: { scheme: "awssm:", instead: "use env: or file: references, and deliver nothing" },
} as const;
export type AwsService = keyof typeof AWS_SERVICES;

/**
 * Where a service is: `undefined` for AWS itself, an endpoint on this machine in the sandbox.
 * @throws KeyError `EnvironmentRefused` for an override outside the sandbox, and for whatever would log credentials there. Also for a
 * sandbox without one, because it reaches only loopback
 */
export function awsEndpoint(service: AwsService, { environment, env }: AwsSurroundings): string | undefined {
  if (environment !== "sandbox") {
    const override = Object.keys(env).find((name) => name.startsWith("AWS_ENDPOINT_URL") && isSet(env[name]));
    const [logger] = logging({ env, execArgv: process.execArgv });
    if (logger !== undefined)
      throw refused(`${logger} is set, which writes down what is sent to AWS or the keys to it`, "Unset it.");
    if (override === undefined) return undefined;
    throw refused(`${override} is set, and only the environment sandbox may move AWS endpoints`, `Unset ${override}.`);
  }
  const own = `AWS_ENDPOINT_URL_${service}`;
  const name = isSet(env[own]) ? own : "AWS_ENDPOINT_URL";
  const endpoint = env[name];
  if (!isSet(endpoint)) {
    const { scheme, instead } = AWS_SERVICES[service];
    throw refused(
      `in the environment sandbox ${scheme} reaches loopback addresses only, and no endpoint is set`,
      `Set ${own} to an emulator on this machine, or ${instead}.`,
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
