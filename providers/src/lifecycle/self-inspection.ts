import { letsIn } from "../core/addresses";
import type { AdoptedInputs } from "../core/adopted";
import { factDrift, type SelfSight } from "../core/adopted-document";
import { isKind } from "../core/errors";
import { identityOf } from "../core/inputs";
import type { Drift } from "../core/record";
import type { SealedVersion } from "../seal/document";
import { type OpenVersion, openVersion } from "../seal/version";
import type { AdoptedSurroundings } from "./adopted-surroundings";

const NOTHING: Drift = {};

/**
 * Where a published key is not what it is declared to be, by its own word. It is asked only from an address of `verifyFrom`, and only
 * where this process may open it. Elsewhere nothing is said, and a notice tells why.
 * @throws KeyError for refusals that say nothing about the key
 */
export async function verifyItself(
  inputs: AdoptedInputs,
  version: SealedVersion,
  surroundings: AdoptedSurroundings,
): Promise<Drift> {
  const { verifyFrom = [], exchange, name } = inputs;
  if (verifyFrom.length === 0) return NOTHING;
  const { operations, parentHides } = surroundings.descriptor(exchange);
  if (operations.inspectParent.can !== "yes") return NOTHING;
  const skipped = (why: string): Drift => {
    surroundings.notice(`${exchange} "${name}": what the key can do was not looked at: ${why}`);
    return NOTHING;
  };
  const here = surroundings.addresses().some((address) => verifyFrom.some((entry) => letsIn(entry, address)));
  if (!here) return skipped("this machine is not known to call from an address of verifyFrom (EXCHANGE_KEYS_EGRESS names one)");
  const key = await openOrNot(inputs, version, surroundings);
  if (key === undefined) return skipped("this process may not open the document");
  const sight = await inspect(inputs, key, surroundings);
  if (typeof sight === "string") return { key: sight };
  const { scopes, ipWhitelist, otherPermissions = [] } = inputs;
  const { issuedAt, notAfter } = version;
  const expiry = notAfter === undefined ? {} : { expiresAt: notAfter };
  const declared = { subAccount: inputs.subAccount, scopes, otherPermissions, ipWhitelist, issuedAt, ...expiry };
  return factDrift(declared, sight, parentHides?.value ?? []);
}

async function openOrNot(
  inputs: AdoptedInputs,
  version: SealedVersion,
  surroundings: AdoptedSurroundings,
): Promise<OpenVersion | undefined> {
  try {
    return await openVersion(surroundings.sealer(version.key), version, identityOf(inputs));
  } catch (error) {
    if (isKind(error, "OpenFailed", "WrongContext")) return undefined;
    throw error;
  }
}

/** Signed by the key itself, these refusals speak of the key. That it is gone is for a person to say: the same codes have other causes. */
async function inspect(inputs: AdoptedInputs, key: OpenVersion, surroundings: AdoptedSurroundings): Promise<SelfSight | string> {
  try {
    return await surroundings.inspect(inputs, key);
  } catch (error) {
    if (isKind(error, "AuthFailed")) return "is not accepted by the exchange";
    if (isKind(error, "KeyExpired")) return "has expired at the exchange";
    if (isKind(error, "AccountBlocked")) return "belongs to an account that the exchange does not serve";
    if (isKind(error, "IpNotAllowed")) return "does not let in the address this runs from, which verifyFrom names";
    throw error;
  }
}
