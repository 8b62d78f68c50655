import { letsIn } from "../core/addresses";
import { usableFrom } from "../core/adopted";
import {
  ADOPTED_HOLDER,
  factDrift,
  forgottenKeys,
  type SelfSight,
  serialAfter,
  showDrift,
  withAdopted,
} from "../core/adopted-document";
import { DAY_MS, HOUR_MS } from "../core/duration";
import { type ErrorKind, isKind, KeyError } from "../core/errors";
import { identityOf, sameIdentity } from "../core/inputs";
import type { Secret } from "../core/secret";
import type { ApiKeyId, Environment, Identity, Scope } from "../core/words";
import type { Descriptor } from "../exchanges/descriptor";
import type { StoredDocument } from "../publish/store";
import type { SealedDocument } from "../seal/document";
import { sealVersion } from "../seal/version";
import type { AdoptedSurroundings } from "./adopted-surroundings";
import type { Surroundings } from "./surroundings";

/** A key as a person has it. */
export interface KeyOfPerson {
  readonly apiKey: ApiKeyId;
  readonly secret: Secret;
  readonly passphrase?: Secret;
}

/** What a person says of the key to adopt. Validated. */
export interface AdoptOrder extends Identity {
  readonly environment: Environment;
  readonly site?: string;
  readonly scopes: readonly Scope[];
  /** Permissions that our scopes have no word for, by the exchange's own names. */
  readonly otherPermissions?: readonly string[];
  readonly ipWhitelist: readonly string[];
  readonly seal: string;
  readonly publish: string;
  /** ISO time. The exchange's word when left out. */
  readonly issuedAt?: string;
  /** ISO time, or `never`. The exchange's word when left out. */
  readonly expiresAt?: string;
  /** How long the superseded key keeps its place. @default a day, or as long as the successor has to wait */
  readonly overlapMs?: number;
  /** Ask the exchange, by one call signed with the key. */
  readonly verify: boolean;
}

export interface AdoptSurroundings
  extends Pick<Surroundings, "store" | "sealer" | "clock" | "notice" | "random">,
    Pick<AdoptedSurroundings, "addresses" | "descriptor"> {
  /** Reads the key from the person, once everything else is known to be right. */
  readKey(): Promise<KeyOfPerson>;
  inspect(order: AdoptOrder, key: KeyOfPerson): Promise<SelfSight>;
}

/** What was published. */
export interface Adopted {
  readonly document: SealedDocument;
  readonly apiKey: ApiKeyId;
  readonly serial: number;
  /** Keys that the document named before and names no more: they still live at the exchange. */
  readonly forgotten: readonly ApiKeyId[];
  /** Present where the exchange makes withdrawals wait. */
  readonly usableFrom?: string;
}

/**
 * Seals a key that a person made, and publishes it as the current version of its document. All or nothing: it is published only when it is
 * what the person says.
 * @throws KeyError
 */
export async function adopt(order: AdoptOrder, surroundings: AdoptSurroundings): Promise<Adopted> {
  const store = surroundings.store(order.publish);
  const stored = await store.read();
  requireOurs(order, stored);
  const descriptor = surroundings.descriptor(order.exchange);
  const overlapMs = requireOverlap(order, descriptor);
  const asked = mayAsk(order, descriptor, surroundings);
  if (!asked) requireIssuedAt(order, undefined);
  const key = await surroundings.readKey();
  const sight = asked ? await verified({ order, key, descriptor }, surroundings) : undefined;
  const times = timesOf(order, { sight, descriptor, now: surroundings.clock.now() });
  const serial = serialAfter(stored?.document);
  const { scopes, seal } = order;
  const identity = identityOf(order);
  const { unbound, ...dates } = times;
  const sealed = await sealVersion(surroundings.sealer(seal), { identity, serial, scopes, ...dates, ...key });
  const version = { ...sealed, ...(unbound ? { unbound } : {}) };
  const overlapUntil = new Date(surroundings.clock.now().getTime() + overlapMs).toISOString();
  const holder = `${ADOPTED_HOLDER}${surroundings.random()}`;
  const document = withAdopted(stored?.document, { identity, version, overlapUntil, holder });
  await store.write(document, stored?.revision);
  const from = usableFrom({ scopes, issuedAt: dates.issuedAt }, descriptor.withdrawCooldownHours?.value);
  const forgotten = forgottenKeys(stored?.document, document);
  return { document, apiKey: key.apiKey, serial, forgotten, ...(from === undefined ? {} : { usableFrom: from }) };
}

function refusal(order: AdoptOrder, kind: ErrorKind, facts: { readonly message: string; readonly hint?: string }): KeyError {
  return new KeyError({ kind, exchange: order.exchange, operation: `adopt "${order.name}"`, ...facts });
}

function requireOurs(order: AdoptOrder, stored: StoredDocument | undefined): void {
  if (stored === undefined) return;
  const { identity, holder } = stored.document;
  if (sameIdentity(identity, order) && holder.startsWith(ADOPTED_HOLDER)) return;
  const whose = sameIdentity(identity, order) ? "is held by an ApiKey" : "belongs to another key";
  const hint = "Publish each key to a place of its own.";
  throw refusal(order, "Conflict", { message: `the document at ${order.publish} ${whose}`, hint });
}

/** Where the successor has to wait before it can withdraw, the superseded key keeps its place as long. */
function requireOverlap(order: AdoptOrder, descriptor: Descriptor): number {
  const cooldown = order.scopes.includes("withdraw") ? (descriptor.withdrawCooldownHours?.value ?? 0) * HOUR_MS : 0;
  const overlap = order.overlapMs ?? Math.max(DAY_MS, cooldown);
  if (overlap >= cooldown) return overlap;
  throw refusal(order, "PolicyViolation", {
    message: `the overlap is shorter than the ${cooldown / HOUR_MS} hours that a new key waits before it can withdraw`,
    hint: "Give a longer --overlap, or leave it out.",
  });
}

/** True when the exchange is to be asked and can be. @throws KeyError `PolicyViolation` where that could get the key revoked */
function mayAsk(order: AdoptOrder, descriptor: Descriptor, surroundings: AdoptSurroundings): boolean {
  const { verify, ipWhitelist, exchange } = order;
  if (!verify) return false;
  if (descriptor.operations.inspectParent.can !== "yes") {
    surroundings.notice(`${descriptor.title} tells nothing of a key by API: it is not verified`);
    return false;
  }
  const here = surroundings.addresses().find((address) => ipWhitelist.some((entry) => letsIn(entry, address)));
  if (here === undefined && ipWhitelist.length > 0) {
    throw refusal(order, "PolicyViolation", {
      message:
        "this machine is not known to call from an address of the whitelist, and a call from elsewhere can get the key revoked",
      hint: "Say from which address it calls (--from), or leave the exchange alone (--no-verify).",
    });
  }
  surroundings.notice(`${exchange} is asked about the key by one call signed with it, from ${here ?? "any address"}`);
  return true;
}

interface Asked {
  readonly order: AdoptOrder;
  readonly key: KeyOfPerson;
  readonly descriptor: Descriptor;
}

async function verified({ order, key, descriptor }: Asked, surroundings: AdoptSurroundings): Promise<SelfSight> {
  const sight = await surroundings.inspect(order, key).catch((error: unknown) => {
    throw aboutTheKey(order, error);
  });
  const { scopes, ipWhitelist, issuedAt, expiresAt } = order;
  const declared = {
    subAccount: order.subAccount,
    scopes,
    otherPermissions: order.otherPermissions ?? [],
    ipWhitelist,
    ...(issuedAt === undefined ? {} : { issuedAt }),
    ...(expiresAt === undefined || expiresAt === "never" ? {} : { expiresAt }),
  };
  const hidden = descriptor.parentHides?.value ?? [];
  const untold = [...hidden, ...(sight.hides ?? [])];
  if (untold.length > 0)
    surroundings.notice(`${descriptor.title} does not tell of a key: ${untold.join(", ")}; your word is taken`);
  const drift = factDrift(declared, sight, hidden);
  const never =
    expiresAt === "never" && sight.expiresAt !== undefined ? { expiresAt: `the exchange says ${sight.expiresAt}` } : {};
  const all = { ...drift, ...never };
  if (Object.keys(all).length === 0) return sight;
  throw refusal(order, "VerificationFailed", {
    message: `the key is not what it is said to be: ${showDrift(all)}`,
    hint: "Nothing was published. Correct the key on the exchange's page, or what is said of it.",
  });
}

/** Refusals of the wire speak of a parent credential. Here it is the very key. */
function aboutTheKey(order: AdoptOrder, error: unknown): unknown {
  const code = error instanceof KeyError && error.code !== undefined ? ` (code ${error.code})` : "";
  if (isKind(error, "AuthFailed")) {
    const message = `the exchange does not accept this key${code}`;
    return refusal(order, "AuthFailed", {
      message,
      hint: "Check public id, secret, passphrase and environment. Nothing was published.",
    });
  }
  if (isKind(error, "IpNotAllowed")) {
    const message = `the exchange does not let this key in from where this runs${code}`;
    return refusal(order, "IpNotAllowed", { message, hint: "Run it from an address of the whitelist, or with --no-verify." });
  }
  return error;
}

interface Times {
  readonly issuedAt: string;
  readonly notAfter?: string;
  readonly unbound?: true;
}

function requireIssuedAt(order: AdoptOrder, sight: SelfSight | undefined): string {
  const issuedAt = order.issuedAt ?? sight?.createdAt;
  if (issuedAt !== undefined) return issuedAt;
  throw refusal(order, "InvalidInput", {
    message: "nobody says when the key was made, and its age counts from then",
    hint: "Give --issued-at, such as --issued-at 2026-11-22.",
  });
}

/** What the exchange says goes before what the person says: they agree to the day. */
function timesOf(
  order: AdoptOrder,
  known: { readonly sight: SelfSight | undefined; readonly descriptor: Descriptor; readonly now: Date },
): Times {
  const { sight, descriptor, now } = known;
  const issuedAt = sight?.createdAt ?? requireIssuedAt(order, sight);
  const unbound = order.ipWhitelist.length === 0 ? descriptor.unboundExpiryDays?.value : undefined;
  const byRule = unbound === undefined ? undefined : new Date(Date.parse(issuedAt) + unbound * DAY_MS).toISOString();
  const notAfter = sight?.expiresAt ?? order.expiresAt ?? byRule;
  if (notAfter === undefined && descriptor.lifetimeDays !== undefined) {
    throw refusal(order, "InvalidInput", {
      message: `keys of ${descriptor.title} are made with a lifetime, and nobody says when this one ends`,
      hint: "Give --expires-at with a date, or never.",
    });
  }
  if (notAfter === undefined || notAfter === "never") return { issuedAt };
  if (Date.parse(notAfter) <= now.getTime()) throw refusal(order, "KeyExpired", { message: `the key expired at ${notAfter}` });
  return { issuedAt, notAfter, ...(notAfter === byRule ? { unbound: true } : {}) };
}
