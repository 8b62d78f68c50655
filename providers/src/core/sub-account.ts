import { z } from "zod";
import type { ObservedSubAccount } from "../exchanges/adapter";
import type { Descriptor } from "../exchanges/descriptor";
import { UNKNOWN } from "./inputs";
import { type Drift, driftOf } from "./record";
import { environment, known, missing, type Problem, problemsBy, scope, text, word } from "./shape";
import { accountProblems, declaredAccount, isText, isTexts, type Loose, type ValidationContext } from "./validate";
import type { Environment, Scope } from "./words";

/** One sub-account as it is declared. At least one of `name` and `uid`. */
export interface SubAccountInputs {
  readonly environment: Environment;
  readonly exchange: string;
  readonly account: string;
  /** As the exchange knows it. One that is not there is made. */
  readonly name?: string;
  /** The exchange's number: one that has to be there. */
  readonly uid?: string;
  /** What has to be enabled on it, on exchanges that ask for that. What is enabled beside that is left alone: nothing can disable it. */
  readonly products?: readonly Scope[];
  /** What a person shall read beside a new one, on exchanges that show it. One that is there keeps its own. */
  readonly remark?: string;
}

export interface SubAccountOutputs extends SubAccountInputs {
  /** True when this resource made it, false when it was there. */
  readonly made: boolean;
  /** What the last read saw that is not as declared. Absent when nothing. */
  readonly observed?: Drift;
}

/** Names of every input. Outputs repeat exactly these, so that read can give inputs back. */
export const SUB_ACCOUNT_INPUT_NAMES = [
  "environment",
  "exchange",
  "account",
  "name",
  "uid",
  "products",
  "remark",
] as const satisfies readonly (keyof SubAccountInputs)[];

/** Inputs whose change would mean another sub-account. */
const FIXED_NAMES = ["environment", "exchange", "account", "name", "uid"] as const satisfies readonly (keyof SubAccountInputs)[];

const shape = z.strictObject({
  environment,
  exchange: known(z.string(missing)),
  account: word,
  name: text("name").optional(),
  uid: text("uid").optional(),
  products: known(z.array(scope)).optional(),
  remark: text("remark").optional(),
});

/** Everything that is wrong with a SubAccount, at once. */
export function subAccountProblems(news: Loose, olds: Loose | undefined, context: ValidationContext): readonly Problem[] {
  const { descriptor } = declaredAccount(news, context);
  return [
    ...problemsBy(shape, news, "SubAccount"),
    ...accountProblems(news, context),
    ...(news.name === undefined && news.uid === undefined ? [{ property: "name", reason: "is required, or uid" }] : []),
    ...(descriptor === undefined ? [] : exchangeProblems(news, descriptor)),
    ...changeProblems(news, olds),
  ];
}

function exchangeProblems({ name, products, remark }: Loose, { title, subAccounts }: Descriptor): readonly Problem[] {
  if (subAccounts === undefined) {
    const reason = `is of ${title}, whose sub-accounts are made by hand: give ApiKey the sub-account itself`;
    return [{ property: "account", reason }];
  }
  const { pattern, hint } = subAccounts.name.value;
  const fits = !isText(name) || new RegExp(pattern).test(name);
  const enabled: readonly string[] = subAccounts.products?.value ?? [];
  const odd = isTexts(products) ? products.filter((product) => product !== UNKNOWN && !enabled.includes(product)) : [];
  const offer = enabled.length === 0 ? "nothing has to be enabled there" : `what can be is ${enabled.join(", ")}`;
  return [
    ...(fits ? [] : [{ property: "name", reason: `is no name of a sub-account of ${title}: ${hint}` }]),
    ...(odd.length === 0 ? [] : [{ property: "products", reason: `${title} enables no ${odd.join(", ")}: ${offer}` }]),
    ...(isText(remark) ? remarkProblems(remark, title, subAccounts.remark?.value) : []),
  ];
}

function remarkProblems(remark: string, title: string, rules: { readonly max: number } | undefined): readonly Problem[] {
  if (rules === undefined) return [{ property: "remark", reason: `is given to no new sub-account of ${title}` }];
  return remark.length <= rules.max ? [] : [{ property: "remark", reason: `has more than ${rules.max} characters` }];
}

function changeProblems(news: Loose, olds: Loose | undefined): readonly Problem[] {
  const changed = FIXED_NAMES.filter((name) => isText(olds?.[name]) && isText(news[name]) && olds[name] !== news[name]);
  return changed.map((property) => ({
    property,
    reason: "cannot change: it would be another sub-account. Declare a second SubAccount",
  }));
}

/** Those that can be meant, by number before name: more than one only where an exchange lets a name be used twice. */
export function findSubAccounts(
  listed: readonly ObservedSubAccount[],
  { name, uid }: Pick<SubAccountInputs, "name" | "uid">,
): readonly ObservedSubAccount[] {
  if (uid !== undefined) return listed.filter((one) => one.id === uid || one.uid === uid);
  return listed.filter((one) => one.name === name);
}

/** What differs between declared and observed, readable. Empty when nothing. */
export function subAccountDrift(inputs: SubAccountInputs, seen: ObservedSubAccount): Drift {
  const lacking = lackingProducts(inputs, seen);
  const entries: readonly (readonly [string, string])[] = [
    ["name", inputs.name === undefined || inputs.name === seen.name ? "" : "is another one at the exchange"],
    ["uid", inputs.uid === undefined || [seen.id, seen.uid].includes(inputs.uid) ? "" : "is another one at the exchange"],
    ["status", seen.frozen ? "is frozen" : ""],
    ["products", lacking.map((product) => `-${product}`).join(" ")],
  ];
  return driftOf(entries);
}

/** What is declared and not enabled. */
export function lackingProducts({ products = [] }: SubAccountInputs, seen: ObservedSubAccount): readonly Scope[] {
  return products.filter((product) => seen.products?.includes(product) !== true);
}

/** The inputs among `properties`, and nothing else. */
export function pickSubAccountInputs(properties: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const present = SUB_ACCOUNT_INPUT_NAMES.filter((name) => properties[name] !== undefined);
  return Object.fromEntries(present.map((name) => [name, properties[name]]));
}
