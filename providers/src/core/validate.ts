import type { Descriptor } from "../exchanges/descriptor";
import { addressProblem } from "./addresses";
import { ADOPT, whyAdopted } from "./adoption";
import { HOUR_MS, parseDuration } from "./duration";
import { FIXED_NAMES, UNKNOWN } from "./inputs";
import { lifetimeProblems } from "./lifetime-problems";
import { publicKeyProblems } from "./public-key-problems";
import { inOverlap, type Rotate, type Schedule } from "./schedule";
import { scopeProblems } from "./scope-problems";
import { canonicalAddresses } from "./sets";
import type { AccountSettings, Settings } from "./settings";
import { type Problem, shapeProblems } from "./shape";
import { unfinishedProblems } from "./support";
import { widthProblems } from "./whitelist-width";
import type { Environment } from "./words";

/** Inputs of which nothing is known yet. */
export type Loose = Readonly<Record<string, unknown>>;

/** What check knows besides the inputs. */
export interface ValidationContext {
  readonly settings: Settings;
  readonly descriptors: readonly Descriptor[];
  /** Why a sealing reference cannot be used. `undefined` when it can. */
  readonly sealProblems: (reference: string) => readonly string[];
  readonly publishProblems: (reference: string) => readonly string[];
  readonly deliverProblems: (reference: string) => readonly string[];
  readonly credentialProblems: (reference: string) => readonly string[];
  readonly now: Date;
}

/** Everything that is wrong with `news`, at once. Unknown values are let through, and nothing else. */
export function problemsOf(news: Loose, olds: Loose | undefined, context: ValidationContext): readonly Problem[] {
  const problems = [
    ...adoptionProblems(news, context),
    ...shapeProblems(news),
    ...accountProblems(news, context),
    ...referenceProblems(news, context),
    ...rotateProblems(news, olds, context),
    ...identityProblems(news, olds),
    ...exchangeProblems(news, context),
  ];
  return problems.filter((one, index) => problems.findIndex((other) => same(one, other)) === index);
}

function same(one: Problem, other: Problem): boolean {
  return one.property === other.property && one.reason === other.reason;
}

/** Everything that is wrong with the account of a resource that needs its parent credential. */
export function accountProblems(news: Loose, context: ValidationContext): readonly Problem[] {
  const { problems, declared, descriptor } = declaredAccount(news, context);
  if (declared === undefined || descriptor === undefined) return problems;
  const stampKey = declared.stampKey === undefined ? [] : context.credentialProblems(declared.stampKey);
  const unusable = stampKey.map((reason) => ({ property: "account.stampKey", reason }));
  return [...problems, ...credentialProblems(declared.credentials, descriptor, context), ...unusable];
}

/** What the stack's configuration declares of a resource's account, and what is wrong with it but for the credentials. */
export interface DeclaredAccount {
  readonly problems: readonly Problem[];
  readonly declared?: AccountSettings;
  readonly descriptor?: Descriptor;
}

/** Reads no credential: a key that a person made needs no parent. */
export function declaredAccount(news: Loose, context: ValidationContext): DeclaredAccount {
  const { account, environment, owner } = news;
  const { settings } = context;
  const stale = "differs from the stack's configuration";
  const problems: Problem[] = [];
  if (isText(environment) && environment !== settings.environment) problems.push({ property: "environment", reason: stale });
  if (isText(owner) && owner !== settings.owner) problems.push({ property: "owner", reason: stale });
  if (!isText(account)) return { problems };
  const declared = settings.accounts[account];
  if (declared === undefined) {
    const names = Object.keys(settings.accounts).join(", ") || "none";
    problems.push({ property: "account", reason: `unknown account "${account}"; exchange-keys:accounts declares: ${names}` });
    return { problems };
  }
  const descriptor = descriptorOf(declared.exchange, context);
  if (descriptor === undefined) {
    const names = context.descriptors.map((known) => known.id).join(", ");
    problems.push({ property: "account", reason: `unknown exchange "${declared.exchange}"; known: ${names}` });
    return { problems };
  }
  const ofExchange = [
    ...unfinishedProblems(descriptor, context.settings.environment),
    ...siteProblems(declared.site, descriptor, context),
  ];
  return { problems: [...problems, ...ofExchange], declared, descriptor };
}

function credentialProblems(
  credentials: Readonly<Record<string, string>>,
  descriptor: Descriptor,
  context: ValidationContext,
): readonly Problem[] {
  const at = (field: string): string => `account.credentials.${field}`;
  const lacking = descriptor.credentials.filter((field) => credentials[field] === undefined);
  const surplus = Object.keys(credentials).filter((field) => !descriptor.credentials.some((known) => known === field));
  return [
    ...lacking.map((field) => ({
      property: at(field),
      reason: `${descriptor.title} needs a reference to the parent's ${field}`,
    })),
    ...surplus.map((field) => ({ property: at(field), reason: `is not a credential of ${descriptor.title}` })),
    ...Object.entries(credentials).flatMap(([field, reference]) =>
      context.credentialProblems(reference).map((reason) => ({ property: at(field), reason })),
    ),
  ];
}

function siteProblems(site: string | undefined, descriptor: Descriptor, context: ValidationContext): readonly Problem[] {
  const environment = context.settings.environment;
  if (environment === "sandbox") return [];
  const sites = Object.keys(descriptor.hosts[environment]);
  if (sites.length === 0) {
    const reason = `${descriptor.title} has no ${environment} where keys can be made; try them in the sandbox`;
    return [{ property: "account", reason }];
  }
  return site === undefined || sites.includes(site)
    ? []
    : [{ property: "account.site", reason: `unknown site "${site}"; known: ${sites.join(", ")}` }];
}

function referenceProblems(news: Loose, context: ValidationContext): readonly Problem[] {
  const { seal, publish, deliver } = news;
  return [
    ...(isText(seal) ? context.sealProblems(seal) : []).map((reason) => ({ property: "seal", reason })),
    ...(isText(publish) ? context.publishProblems(publish) : []).map((reason) => ({ property: "publish", reason })),
    ...(isText(deliver) ? context.deliverProblems(deliver) : []).map((reason) => ({ property: "deliver", reason })),
    ...(isText(deliver) && isText(news.publicKey)
      ? [{ property: "deliver", reason: "has nothing to deliver: with publicKey the secret never leaves its owner" }]
      : []),
  ];
}

function rotateProblems(news: Loose, olds: Loose | undefined, context: ValidationContext): readonly Problem[] {
  if (!isRotate(news.rotate)) return [];
  const { rotate } = news;
  const every = parseDuration(rotate.every);
  const overlap = parseDuration(rotate.overlap);
  if (every === undefined || overlap === undefined) return [];
  const problems: Problem[] = [];
  if (every < HOUR_MS) problems.push({ property: "rotate.every", reason: "must be at least 1h" });
  if (overlap >= every) problems.push({ property: "rotate.overlap", reason: "must be shorter than rotate.every" });
  return [...problems, ...triggerProblems(rotate, olds, context.now)];
}

function triggerProblems(rotate: Rotate, olds: Loose | undefined, now: Date): readonly Problem[] {
  const old = olds?.rotate;
  const before = olds?.schedule as Schedule | undefined;
  const asked = rotate.trigger !== undefined && isRotate(old) && old.trigger !== rotate.trigger;
  if (!asked || before === undefined || rotate.overlap === "0" || !inOverlap(before, rotate, now)) return [];
  const reason =
    'is blocked (RotationBlocked): the version before the current one still has its overlap. Wait for its end, or declare overlap "0" if the key has leaked';
  return [{ property: "rotate.trigger", reason }];
}

function identityProblems(news: Loose, olds: Loose | undefined): readonly Problem[] {
  if (olds === undefined || news.replaceAtOnce === true) return [];
  const changed = FIXED_NAMES.filter((name) => isText(olds[name]) && isText(news[name]) && olds[name] !== news[name]);
  const reason =
    "cannot change: it would be another key, with no overlap. Declare a second ApiKey, or accept it with replaceAtOnce: true";
  return changed.map((property) => ({ property, reason }));
}

/** Where no key is issued by API, that comes first. */
function adoptionProblems(news: Loose, context: ValidationContext): readonly Problem[] {
  const descriptor = isText(news.exchange) ? descriptorOf(news.exchange, context) : undefined;
  const why = descriptor === undefined ? undefined : whyAdopted(descriptor);
  return why === undefined ? [] : [{ property: "account", reason: `is of ${descriptor?.title}: ${why}. ${ADOPT}` }];
}

function exchangeProblems(news: Loose, context: ValidationContext): readonly Problem[] {
  const descriptor = isText(news.exchange) ? descriptorOf(news.exchange, context) : undefined;
  // Rules for keys that are never issued would only say how to declare what cannot be.
  if (descriptor === undefined || whyAdopted(descriptor) !== undefined) return [];
  return [
    ...subAccountProblems(news.subAccount, descriptor),
    ...exclusiveProblems(news.exclusive, descriptor),
    ...(isTexts(news.scopes) ? scopeProblems(news.scopes, descriptor) : []),
    ...whitelistProblems(news, descriptor, context.settings.environment),
    ...lifetimeProblems(knownLifetime(news), descriptor),
    ...publicKeyProblems(news.publicKey, descriptor, context.descriptors),
  ];
}

function subAccountProblems(subAccount: unknown, descriptor: Descriptor): readonly Problem[] {
  if (subAccount === undefined) {
    const reason = `is required: ${descriptor.title} issues no master keys by API. Make the key by hand and declare an AdoptedApiKey`;
    return [{ property: "subAccount", reason }];
  }
  const { pattern, hint } = descriptor.subAccount.value;
  const fits = !isText(subAccount) || new RegExp(pattern).test(subAccount);
  return fits ? [] : [{ property: "subAccount", reason: `is not a sub-account of ${descriptor.title}: ${hint}` }];
}

/** Without labels only the declaration tells our keys from those of others. Elsewhere it says no more than it says. */
function exclusiveProblems(exclusive: unknown, { label, title }: Descriptor): readonly Problem[] {
  if (label.value !== "none" || exclusive === true || exclusive === UNKNOWN) return [];
  const reason = `must be true: keys of ${title} carry no label, so nobody else may make keys in the sub-account of this one`;
  return [{ property: "exclusive", reason }];
}

/** What is wrong with the addresses of a key, also for what it may do. */
export function whitelistProblems(news: Loose, descriptor: Descriptor, environment: Environment): readonly Problem[] {
  const { ipWhitelist, scopes } = news;
  if (!Array.isArray(ipWhitelist)) return [];
  const property = "ipWhitelist";
  const problems: Problem[] = [];
  const writes = isTexts(scopes) && scopes.some((scope) => scope !== "read" && scope !== UNKNOWN);
  const limit = descriptor.limits.ipsPerKey.value;
  if (ipWhitelist.length === 0 && writes) problems.push({ property, reason: "is required for a key that can do more than read" });
  if (ipWhitelist.length > limit)
    problems.push({ property, reason: `holds ${ipWhitelist.length} addresses; ${descriptor.title} takes ${limit}` });
  const texts = ipWhitelist.map((address) => (isText(address) ? address : ""));
  const canonical = canonicalAddresses(texts);
  const rules = { environment, ...descriptor.whitelistForms.value };
  const single = texts.flatMap((text, index): readonly Problem[] => {
    if (text === "") return [];
    const first = canonical.indexOf(canonical[index] ?? text);
    const reason = addressProblem(text, rules) ?? (first < index ? `repeats ipWhitelist[${first}]` : undefined);
    return reason === undefined ? [] : [{ property: `ipWhitelist[${index}]`, reason }];
  });
  return [...problems, ...single, ...widthProblems(texts)];
}

function knownLifetime({ ipWhitelist, rotate, lifetime }: Loose) {
  return { ipWhitelist, rotate: isRotate(rotate) ? rotate : undefined, lifetime: isText(lifetime) ? lifetime : undefined };
}

function descriptorOf(id: string, context: ValidationContext): Descriptor | undefined {
  return context.descriptors.find((descriptor) => descriptor.id === id);
}

/** True for a text that is known. */
export function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value !== UNKNOWN;
}

export function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function isRotate(value: unknown): value is Rotate {
  return typeof value === "object" && value !== null && isText((value as Rotate).every) && isText((value as Rotate).overlap);
}
