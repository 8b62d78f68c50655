import { objectOf, type Props, propertyOf, type Text, type Texts, textOf, textsOf, UNKNOWN } from "./preview";

/** Type tokens of this pack's resources: permanent. */
export const API_KEY = "pulumi-nodejs:dynamic/exchange-keys:ApiKey";
export const ADOPTED_API_KEY = "pulumi-nodejs:dynamic/exchange-keys:AdoptedApiKey";
export const EGRESS_ADDRESSES = "exchange-keys:aws:EgressAddresses";
export const KMS_KEY = "aws:kms/key:Key";

/** What the rules look at in an exchange key. */
export interface Key {
  readonly urn: string;
  readonly resourceName: string;
  /** Made by a person, not by the provider. */
  readonly adopted: boolean;
  readonly environment: Text;
  readonly exchange: Text;
  readonly account: Text;
  readonly subAccount: Text;
  readonly bot: Text;
  readonly purpose: Text;
  readonly scopes: Texts;
  readonly ipWhitelist: Texts;
  readonly seal: Text;
  readonly publish: Text;
  /** After which the key is replaced, such as `30d`; of an adopted key, after which it is overdue. */
  readonly maxAge: Text;
  /** How long a superseded version goes on, such as `24h`; an adopted key has none. */
  readonly overlap: Text;
  readonly onOverdue: Text;
  /** A sub-account in which nobody else makes keys. */
  readonly exclusive: boolean | typeof UNKNOWN;
}

/** A resource as a rule gets it, from a resource's or a stack's validation. */
export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly urn: string;
  readonly props: Props;
}

/** The key that a resource is, if it is one. */
export function keyOf({ type, name, urn, props }: Declared): Key | undefined {
  if (type !== API_KEY && type !== ADOPTED_API_KEY) return undefined;
  const adopted = type === ADOPTED_API_KEY;
  const exclusive = propertyOf(props, "exclusive");
  return {
    urn,
    resourceName: name,
    adopted,
    environment: textOf(props, "environment"),
    exchange: textOf(props, "exchange"),
    account: textOf(props, "account"),
    subAccount: textOf(props, "subAccount"),
    bot: textOf(props, "bot"),
    purpose: textOf(props, "purpose"),
    scopes: textsOf(props, "scopes"),
    ipWhitelist: textsOf(props, "ipWhitelist"),
    seal: textOf(props, "seal"),
    publish: textOf(props, "publish"),
    maxAge: adopted ? textOf(props, "maxAge") : rotationOf(props, "every"),
    overlap: adopted ? undefined : rotationOf(props, "overlap"),
    onOverdue: textOf(props, "onOverdue"),
    exclusive: exclusive === UNKNOWN ? UNKNOWN : exclusive === true,
  };
}

function rotationOf(props: Props, part: "every" | "overlap"): Text {
  const rotate = objectOf(props, "rotate");
  return rotate === undefined || rotate === UNKNOWN ? rotate : textOf(rotate, part);
}

/** Properties of a key that a preview does not know, whole or in part. */
export function unknownOf(key: Key): readonly string[] {
  return Object.entries(key).flatMap(([name, value]: readonly [string, unknown]) => {
    const partly = typeof value === "object" && value !== null && "complete" in value && value.complete === false;
    return value === UNKNOWN || partly ? [key.adopted ? name : (ROTATION[name] ?? name)] : [];
  });
}

const ROTATION: Readonly<Record<string, string>> = { maxAge: "rotate.every", overlap: "rotate.overlap" };

export type Product = "spot" | "derivatives";

/** Products that a key may trade. Margin trades spot on credit; futures and options are derivatives. */
export function productsOf({ scopes }: Key): readonly Product[] {
  const has = (...names: readonly string[]): boolean => names.some((name) => scopes.known.includes(name));
  const spot: readonly Product[] = has("spot", "margin") ? ["spot"] : [];
  return has("futures", "options") ? [...spot, "derivatives"] : spot;
}

export function trades(key: Key): boolean {
  return productsOf(key).length > 0;
}

/** Where sub-accounts are told apart. */
export interface SubAccounts {
  /** Aliases of accounts that are different accounts of their exchange. */
  readonly separateAccounts: readonly string[];
}

export const SEPARATE_ACCOUNTS = {
  type: "array",
  items: { type: "string" },
  default: [],
  description:
    "Aliases of accounts that are different accounts of their exchange, in which equal names are different sub-accounts.",
} as const;

/**
 * What tells a sub-account from every other, when all of it is known. Two aliases may stand for one account, so an alias alone makes no
 * other sub-account.
 */
export function subAccountOf({ separateAccounts }: SubAccounts): (key: Key) => string | undefined {
  return ({ environment, exchange, account, subAccount }) => {
    const apart = typeof account === "string" && separateAccounts.includes(account);
    const parts = [environment, exchange, ...(apart ? [account] : []), subAccount];
    return parts.every((part) => typeof part === "string") ? parts.join("/") : undefined;
  };
}
