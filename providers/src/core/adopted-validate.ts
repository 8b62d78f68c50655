import { z } from "zod";
import { letsIn } from "./addresses";
import { MASTER } from "./adopted";
import { parseDuration } from "./duration";
import { adoptedScopeProblems, otherPermissionProblems } from "./scope-problems";
import { canonicalAddresses } from "./sets";
import { duration, environment, known, missing, type Problem, problemsBy, scope, text, word } from "./shape";
import { declaredAccount, isText, isTexts, type Loose, type ValidationContext, whitelistProblems } from "./validate";

const time = known(z.iso.datetime({ offset: true, message: "must be an ISO time such as 2026-11-22T09:00:00Z" }));
const addresses = known(z.array(known(z.string("must be a text")), missing));

const shape = z.strictObject({
  environment,
  owner: word,
  exchange: known(z.string(missing)),
  account: word,
  subAccount: text("subAccount"),
  name: word,
  bot: word,
  purpose: word,
  scopes: known(z.array(scope, missing).min(1, "must name at least one scope; there is no default")),
  otherPermissions: known(z.array(text("a permission"))).optional(),
  ipWhitelist: addresses,
  publish: text("publish"),
  seal: text("seal").optional(),
  maxAge: duration,
  onOverdue: known(z.enum(["error", "warn"], "must be error or warn")),
  withdrawEnabledAt: time.optional(),
  verifyFrom: addresses.optional(),
  tags: known(z.record(z.string().min(1).max(64), known(z.string().max(128)))).optional(),
});

/** Everything that is wrong with an AdoptedApiKey, at once. No credential of its account is needed or looked at. */
export function adoptedProblems(news: Loose, context: ValidationContext): readonly Problem[] {
  const { problems, descriptor } = declaredAccount(news, context);
  const ofExchange =
    descriptor === undefined
      ? []
      : [
          ...subAccountProblems(news.subAccount, descriptor),
          ...(isTexts(news.scopes) ? adoptedScopeProblems(news.scopes, descriptor) : []),
          ...(Array.isArray(news.otherPermissions) ? otherPermissionProblems(news.otherPermissions, descriptor) : []),
          ...whitelistProblems(news, descriptor, context.settings.environment),
        ];
  const all = [
    ...problemsBy(shape, news, "AdoptedApiKey"),
    ...problems,
    ...referenceProblems(news, context),
    ...ofExchange,
    ...ageProblems(news),
    ...verifyProblems(news),
  ];
  return all.filter((one, index) => index === all.findIndex((other) => isSame(one, other)));
}

function isSame(one: Problem, other: Problem): boolean {
  return one.property === other.property && one.reason === other.reason;
}

function subAccountProblems(
  subAccount: unknown,
  { title, subAccount: rules }: NonNullable<ReturnType<typeof declaredAccount>["descriptor"]>,
): readonly Problem[] {
  if (!isText(subAccount) || subAccount === MASTER || new RegExp(rules.value.pattern).test(subAccount)) return [];
  const reason = `is neither "${MASTER}" nor a sub-account of ${title}: ${rules.value.hint}`;
  return [{ property: "subAccount", reason }];
}

function referenceProblems({ seal, publish }: Loose, context: ValidationContext): readonly Problem[] {
  return [
    ...(isText(seal) ? context.sealProblems(seal) : []).map((reason) => ({ property: "seal", reason })),
    ...(isText(publish) ? context.publishProblems(publish) : []).map((reason) => ({ property: "publish", reason })),
  ];
}

function ageProblems({ maxAge, withdrawEnabledAt, scopes }: Loose): readonly Problem[] {
  const problems: Problem[] = [];
  if (isText(maxAge) && parseDuration(maxAge) === 0) problems.push({ property: "maxAge", reason: "must be more than 0" });
  if (isText(withdrawEnabledAt) && isTexts(scopes) && !scopes.includes("withdraw")) {
    problems.push({ property: "withdrawEnabledAt", reason: "is for keys that can withdraw; this one is not declared so" });
  }
  return problems;
}

/** A call from an address outside the whitelist gets keys revoked. */
function verifyProblems({ verifyFrom, ipWhitelist }: Loose): readonly Problem[] {
  if (!isTexts(verifyFrom) || !isTexts(ipWhitelist)) return [];
  const bound = ipWhitelist.length > 0 && ipWhitelist.every(isText);
  const allowed = canonicalAddresses(ipWhitelist);
  const inside = (address: string): boolean =>
    canonicalAddresses([address]).some((one) => allowed.includes(one)) || ipWhitelist.some((entry) => letsIn(entry, address));
  const reason = "is not in ipWhitelist: a call from there could get the key revoked";
  return verifyFrom.flatMap((address, index) =>
    bound && isText(address) && !inside(address) ? [{ property: `verifyFrom[${index}]`, reason }] : [],
  );
}
