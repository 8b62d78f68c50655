import type { Rotate, Schedule } from "./schedule";
import type { Environment, Identity, Scope } from "./words";

/** What Pulumi puts in place of any value, of whatever type, that a preview does not know yet. */
export const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** One logical key as it is declared, complete: defaults and stack settings filled in. */
export interface ApiKeyInputs extends Identity {
  readonly environment: Environment;
  readonly purpose: string;
  readonly scopes: readonly Scope[];
  /** Empty only for read-only keys. */
  readonly ipWhitelist: readonly string[];
  readonly rotate: Rotate;
  /** How long a version lives, on exchanges that let one choose, such as `90d`. */
  readonly lifetime?: string;
  /** Of the caller's own key pair, canonical PEM. Absent when the exchange makes a secret. */
  readonly publicKey?: string;
  /** Sealing reference. */
  readonly seal: string;
  /** Where the sealed document is published. */
  readonly publish: string;
  /** Where the opened key is delivered too, for bots that cannot open documents. */
  readonly deliver?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Declares that nobody else makes keys in this sub-account. Required where keys carry no label. */
  readonly exclusive?: boolean;
  /** Allows a change of exchange, account or sub-account: the old key dies in the same run. */
  readonly replaceAtOnce?: boolean;
}

/** Inputs after check: what is due is an input too, so that a preview shows it. */
export interface ScheduledApiKeyInputs extends ApiKeyInputs {
  readonly schedule: Schedule;
}

/** Names of every input, in the order people read them. Outputs repeat exactly these, so that read can give inputs back. */
export const INPUT_NAMES = [
  "environment",
  "owner",
  "exchange",
  "account",
  "subAccount",
  "name",
  "bot",
  "purpose",
  "scopes",
  "ipWhitelist",
  "rotate",
  "lifetime",
  "publicKey",
  "seal",
  "publish",
  "deliver",
  "tags",
  "exclusive",
  "replaceAtOnce",
  "schedule",
] as const satisfies readonly (keyof ScheduledApiKeyInputs)[];

/** Inputs whose change makes it another key: refused unless `replaceAtOnce`. */
export const FIXED_NAMES = [
  "environment",
  "exchange",
  "account",
  "subAccount",
] as const satisfies readonly (keyof ApiKeyInputs)[];

/** The inputs among `properties`, and nothing else. */
export function pickInputs(properties: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const known = INPUT_NAMES.filter((name) => properties[name] !== undefined);
  return Object.fromEntries(known.map((name) => [name, properties[name]]));
}

export function identityOf(inputs: Identity): Identity {
  const { owner, bot, exchange, account, subAccount, name } = inputs;
  return { owner, bot, exchange, account, subAccount, name };
}

export function sameIdentity(one: Identity, other: Identity): boolean {
  return JSON.stringify(identityOf(one)) === JSON.stringify(identityOf(other));
}

/** The stable id of a resource. It keeps the name it was created with. */
export function resourceId(inputs: Pick<Identity, "exchange" | "account" | "subAccount" | "name">): string {
  return [inputs.exchange, inputs.account, inputs.subAccount, inputs.name].join("/");
}
