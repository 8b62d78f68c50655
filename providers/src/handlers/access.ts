import { KeyError } from "../core/errors";
import type { Settings } from "../core/settings";
import type { ParentAddress } from "../lifecycle/surroundings";
import type { ExchangeAccess } from "../wire/open";

/** How the configuration reaches an account: by its credentials, at the site that it declares. @throws KeyError `CredentialsUnavailable` */
export function accessOf({ environment, exchange, account }: ParentAddress, settings: Settings): ExchangeAccess {
  const declared = settings.accounts[account];
  if (declared === undefined || declared.exchange !== exchange || settings.environment !== environment) {
    throw new KeyError({
      kind: "CredentialsUnavailable",
      exchange,
      message: `exchange-keys:accounts declares no account "${account}" of ${exchange} in ${environment}`,
      hint: "Keep an account declared until its last key is gone.",
    });
  }
  const { site, credentials } = declared;
  return { environment, exchange, account, credentials, ...(site === undefined ? {} : { site }) };
}
