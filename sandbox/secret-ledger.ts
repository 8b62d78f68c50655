/** One secret that this sandbox gave out or was given. */
export interface KnownSecret {
  readonly exchange: string;
  readonly kind: "secret" | "passphrase" | "password";
  /** The key's public id; of a password, the sub-account that it logs in to. */
  readonly apiKey: string;
  readonly value: string;
  /** True for the credential of the parent account. */
  readonly parent: boolean;
}

/** Every secret there ever was, also of deleted keys, so that leak tests know what to look for. */
export class SecretLedger {
  readonly #secrets: KnownSecret[] = [];

  /** Keeps the secret, and the passphrase where there is one. */
  record(
    exchange: string,
    key: { apiKey: string; secret: string; passphrase?: string | undefined; subAccount: string | undefined },
  ): void {
    const base = { exchange, apiKey: key.apiKey, parent: key.subAccount === undefined };
    this.#secrets.push({ ...base, kind: "secret", value: key.secret });
    if (key.passphrase !== undefined) this.#secrets.push({ ...base, kind: "passphrase", value: key.passphrase });
  }

  /** Keeps the password of a sub-account. */
  recordPassword(exchange: string, subAccount: string, value: string): void {
    this.#secrets.push({ exchange, kind: "password", apiKey: subAccount, value, parent: false });
  }

  all(): readonly KnownSecret[] {
    return [...this.#secrets];
  }
}
