import { KeyError } from "../core/errors";
import { Secret } from "../core/secret";
import type { Environment } from "../core/words";
import { withoutMark } from "../credentials/sandbox-mark";
import type { ParentFacts } from "../exchanges/adapter";
import type { Runtime } from "../runtime/runtime";
import { openExchange } from "./open";

/** A key in hand, to be asked about itself. */
export interface KeyInHand {
  readonly environment: Environment;
  readonly exchange: string;
  /** Alias of the account. */
  readonly account: string;
  readonly site?: string;
  readonly apiKey: string;
  readonly secret: Secret;
  readonly passphrase?: Secret;
}

/**
 * What a key says about itself, by one call signed with that very key. Only for addresses in its whitelist: a call from elsewhere can
 * get it revoked.
 * @throws KeyError as the wire. `CredentialsUnavailable` where the exchange has a passphrase and none was given
 */
export async function inspectSelf(key: KeyInHand, runtime: Runtime): Promise<ParentFacts> {
  const { environment, exchange, account, site, apiKey, secret, passphrase } = key;
  const asGivenOut = (text: string): Secret => new Secret(environment === "sandbox" ? withoutMark(text) : text);
  const held = new Map([
    [`${apiKey}#apiKey`, asGivenOut(apiKey)],
    [`${apiKey}#secret`, asGivenOut(secret.reveal())],
    ...(passphrase === undefined ? [] : [[`${apiKey}#passphrase`, asGivenOut(passphrase.reveal())] as const]),
  ]);
  const secretOf = async (reference: string): Promise<Secret> => {
    const found = held.get(reference);
    if (found !== undefined) return found;
    throw new KeyError({ kind: "CredentialsUnavailable", exchange, message: "the key's passphrase is needed" });
  };
  const credentials = Object.fromEntries(["apiKey", "secret", "passphrase"].map((field) => [field, `${apiKey}#${field}`]));
  const access = { environment, exchange, account: `${account} itself`, credentials };
  const adapter = await openExchange({ ...access, ...(site === undefined ? {} : { site }) }, { ...runtime, secretOf });
  return await adapter.inspectParent();
}
