import type { Secret } from "../core/secret";
import type { ApiKeyId } from "../core/words";

/** What a bot gets that cannot open documents, by ccxt's names. */
export interface DeliveredKey {
  readonly apiKey: ApiKeyId;
  readonly secret: Secret;
  /** On exchanges that have one. */
  readonly passphrase?: Secret;
}

/** One version as it is to be found at a place of delivery. */
export interface DeliveredVersion {
  readonly serial: number;
  readonly apiKey: ApiKeyId;
}

/** What a place of delivery is to show. */
export interface DeliveryOrder {
  /** Owner hash of the key: nobody else's secret is written over. */
  readonly hash: string;
  readonly current: DeliveredVersion;
  /** Absent when only one version lives. Kept where it was delivered before. Never delivered late. */
  readonly previous?: DeliveredVersion;
  /** The opened key. Called only when the place does not hold it yet. @throws KeyError `OpenFailed` */
  open(): Promise<DeliveredKey>;
}

/** Where opened keys are delivered, for bots that cannot open documents. Weaker custody: see `docs/security.md`. */
export interface Delivery {
  /**
   * Makes the place show exactly what is ordered. Idempotent.
   * @throws KeyError `DeliveryFailed`. `Conflict` when somebody else's value, or a higher serial, is there
   */
  deliver(order: DeliveryOrder): Promise<void>;
  /**
   * Ends the delivery: a secret that was made here is scheduled for deletion. Of any other only the stage of the previous version is taken.
   * @returns what became of it, for a person
   */
  end(hash: string): Promise<"gone" | "scheduled" | "kept">;
}
