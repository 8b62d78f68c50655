import { type Requests, requestsOf } from "../../core/requests";
import { effectiveScopes } from "../../core/scopes";
import type { Scope } from "../../core/words";
import type { Descriptor, Fact, Grant, OperationRate } from "../../exchanges/descriptor";

/** Others are named, however many they are. */
const ALL = Number.POSITIVE_INFINITY;

/** One thing that is known about an exchange, in words. */
export interface FactLine {
  readonly topic: string;
  readonly value: string;
  readonly source: string;
  readonly date: string;
  readonly confirmed: boolean;
  readonly note: string;
}

/** A value that no source settles is marked. */
export function marked(value: string, { confirmed }: { readonly confirmed: boolean }): string {
  return confirmed ? value : `${value} ?`;
}

export function yesNo(value: boolean): string {
  return value ? "yes" : "no";
}

/** How an exchange is known to treat its keys, but for scopes, paces and errors. */
export function factLines(descriptor: Descriptor): readonly FactLine[] {
  const { limits } = descriptor;
  return [
    ...line("changed without a new key", descriptor.inPlace, inPlace),
    ...line("addresses per key", limits.ipsPerKey, String),
    ...line("forms of address", descriptor.whitelistForms, addressForms),
    ...line("keys per sub-account", limits.keysPerSubAccount, String),
    ...line("label", descriptor.label, labelRules),
    ...line("scopes that no read shows", descriptor.unlisted, (scopes) => scopes.join(", ")),
    ...line("name of a sub-account", descriptor.subAccount, form),
    ...line("name of a new sub-account", descriptor.subAccounts?.name, form),
    ...line("remark on a new sub-account", descriptor.subAccounts?.remark, ({ max }) => `up to ${max} characters`),
    ...line(
      "login of a new sub-account",
      descriptor.subAccounts?.password,
      ({ length }) => `a password of ${length} characters, made here and kept by nobody`,
    ),
    ...line("enabled on a sub-account first", descriptor.subAccounts?.products, (scopes) => scopes.join(", ")),
    ...line("a sub-account does not tell", descriptor.subAccounts?.hides, (names) => names.join(", ")),
    ...line("passphrase", descriptor.passphrase, passphraseRules),
    ...line("public keys instead of a secret", descriptor.publicKeys, registered),
    ...line("lifetime", descriptor.lifetimeDays, ({ choices, chosen }) => `${chosen} days, of ${choices.join(", ")}`),
    ...line("a key without addresses ends after", descriptor.unboundExpiryDays, (days) => `${days} days`),
    ...line("withdrawals begin after", descriptor.withdrawCooldownHours, (hours) => `${hours} hours`),
    ...line("a change is seen after", descriptor.propagationMs, duration),
    ...line("requests of a rotation", descriptor.requests, (facts) =>
      counted(requestsOf(facts, "rotate", { listed: 1, versions: 1 })),
    ),
    ...line("a parent does not tell", descriptor.parentHides, (hidden) => hidden.join(", ")),
    ...line("end of a rate limit", descriptor.rateResetHeader, (header) => `header ${header}`),
    ...line("id of an answer", descriptor.requestIdHeader, (header) => `header ${header}`),
    ...line("headers on the test network", descriptor.testnetHeaders, headers),
  ];
}

function line<T>(topic: string, fact: Fact<T> | undefined, say: (value: T) => string): readonly FactLine[] {
  if (fact === undefined) return [];
  const { value, source, date, confirmed, note = "" } = fact;
  return [{ topic, value: say(value), source, date, confirmed, note }];
}

/** `2 list, 1 issue` */
function counted(requests: Requests): string {
  return Object.entries(requests)
    .map(([lane, count]) => `${count} ${lane}`)
    .join(", ");
}

/** What can be changed in place. */
export function inPlace({ scopes, ipWhitelist, label }: Descriptor["inPlace"]["value"]): string {
  const parts = [scopes ? ["scopes"] : [], ipWhitelist ? ["addresses"] : [], label ? ["label"] : []].flat();
  return parts.length === 0 ? "nothing" : parts.join(", ");
}

function form({ hint, pattern }: Descriptor["subAccount"]["value"]): string {
  return `${hint} (\`${pattern}\`)`;
}

function addressForms({ ipv6, cidr }: Descriptor["whitelistForms"]["value"]): string {
  return ["IPv4", ...(ipv6 ? ["IPv6"] : []), ...(cidr ? ["network segments"] : [])].join(", ");
}

function labelRules(form: Descriptor["label"]["value"]): string {
  if (form === "none") return "none: the sub-account must be exclusive";
  const { max, characters, unique } = form;
  return `up to ${max} of \`${characters}\`${unique ? ", unique" : ""}`;
}

function passphraseRules({ length, toManage }: NonNullable<Descriptor["passphrase"]>["value"]): string {
  return `${length} characters, made here${toManage === true ? "; needed to change or delete the key" : ""}`;
}

function registered(keys: NonNullable<Descriptor["publicKeys"]>["value"]): string {
  const calls = [...new Set(keys.map(({ call }) => call))];
  const taken = (by: string): string => keys.flatMap(({ algorithm, call }) => (call === by ? [algorithm] : [])).join(", ");
  return calls.map((call) => `${taken(call)} (${call})`).join("; ");
}

function headers(value: Readonly<Record<string, string>>): string {
  return Object.entries(value)
    .map(([name, text]) => `${name}: ${text}`)
    .join(", ");
}

/** How a scope comes on a key made by API: alone, with others that must be declared too, on adopted keys only, or never. */
export function scopeCell({ grants, parentGrants, operations }: Descriptor, scope: Scope, few = ALL): string {
  const issued = operations.issue.can === "yes" ? planCell(grants.value, scope, few) : undefined;
  if (issued !== undefined) return issued;
  const adopted = planCell([...grants.value, ...parentGrants.value], scope, few);
  return adopted === undefined ? "no" : `adopted${adopted === "yes" ? "" : `, ${adopted}`}`;
}

/** @param few more others are only counted @returns `undefined` when no flag gives it */
function planCell(grants: readonly Grant[], scope: Scope, few: number): string | undefined {
  const declared: readonly Scope[] = ["read", scope];
  const plan = effectiveScopes(grants, declared);
  if (plan.kind === "exact") return "yes";
  if (plan.inexpressible.length > 0) return undefined;
  return plan.additions.length > few ? `with ${plan.additions.length} others` : `with ${plan.additions.join(", ")}`;
}

/** Requests and the time in which they may be made. */
export function pace({ requests, perMs, pool }: OperationRate): string {
  return `${requests} in ${duration(perMs)}${pool === undefined ? "" : `, with all of "${pool}"`}`;
}

function duration(ms: number): string {
  if (ms % 60_000 === 0) return `${ms / 60_000} min`;
  return ms % 1000 === 0 ? `${ms / 1000} s` : `${ms} ms`;
}
