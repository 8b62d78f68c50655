import type { SealedVersion } from "../seal/document";
import { addressesOf } from "./in-full";
import type { ScheduledApiKeyInputs } from "./inputs";
import { shownAddresses } from "./masked";
import { canonicalAddresses, sameSet } from "./sets";
import type { ListedKey } from "./situation";
import type { Scope } from "./words";

/** True when the exchange holds the key exactly as declared, but for declared scopes that no read shows. Its addresses have been read. */
export function isAsDeclared(
  key: ListedKey,
  inputs: Pick<ScheduledApiKeyInputs, "scopes" | "ipWhitelist">,
  unlisted: readonly Scope[],
): boolean {
  const hidden = only(inputs.scopes, unlisted);
  return (
    key.unknownFlags.length === 0 &&
    sameSet(without(key.scopes, hidden), without(inputs.scopes, hidden)) &&
    sameSet(shownAddresses(inputs.ipWhitelist, addressesOf(key)), canonicalAddresses(inputs.ipWhitelist))
  );
}

/** True when a version was issued with just the declared of those scopes that no read shows. */
export function sameUnlisted(
  version: Pick<SealedVersion, "scopes">,
  inputs: Pick<ScheduledApiKeyInputs, "scopes">,
  unlisted: readonly Scope[],
): boolean {
  return sameSet(only(version.scopes, unlisted), only(inputs.scopes, unlisted));
}

function without(scopes: readonly Scope[], others: readonly Scope[]): readonly Scope[] {
  return scopes.filter((scope) => !others.includes(scope));
}

function only(scopes: readonly Scope[], others: readonly Scope[]): readonly Scope[] {
  return scopes.filter((scope) => others.includes(scope));
}
