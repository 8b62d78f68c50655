import type { Clock } from "../core/clock";
import type { ApiKeyInputs } from "../core/inputs";
import type { Ending } from "../core/revocation-budget";
import type { ApiKeyId } from "../core/words";
import type { Delivery } from "../deliver/delivery";
import type { KeyAdapter, ListedKey } from "../exchanges/adapter";
import type { DocumentStore } from "../publish/store";
import type { Sealer } from "../seal/sealer";
import type { StampKey } from "../seal/stamp";

/** Whose parent it is: what is needed to reach the exchange. */
export type ParentAddress = Pick<ApiKeyInputs, "environment" | "exchange" | "account">;

/** One exchange by one parent credential, shared by all resources of a run. */
export interface Exchange {
  readonly adapter: KeyAdapter;
  /** What documents are stamped with, first of all. And others whose stamps are believed. */
  readonly stampKeys: readonly [StampKey, ...StampKey[]];
  /**
   * Every key of the sub-account, asked anew.
   * @param inFull whose addresses the caller judges by. Those of others may be missing
   */
  fresh(subAccount: string, inFull: readonly ApiKeyId[]): Promise<readonly ListedKey[]>;
  /** The same, by a list shared with other readers of this run. Never older than a change made here. */
  shared(subAccount: string, inFull: readonly ApiKeyId[]): Promise<readonly ListedKey[]>;
  /** By how many milliseconds this machine's clock is ahead of the exchange's, as it was measured last. @throws KeyError */
  clockDifference(): Promise<number>;
}

/** Everything the lifecycle reaches outside itself. */
export interface Surroundings {
  /** Opens the exchange, once per parent and run. Credentials are resolved here and nowhere earlier. */
  exchange(address: ParentAddress): Promise<Exchange>;
  store(url: string): DocumentStore;
  sealer(reference: string): Sealer;
  /** Where opened keys are delivered. */
  delivery(url: string): Delivery;
  readonly clock: Clock;
  /** A random text that nobody can guess. */
  random(): string;
  /** A passphrase by an exchange's rules. */
  passphrase(rules: { readonly length: number; readonly sets: readonly string[] }): string;
  sleep(milliseconds: number): Promise<void>;
  /**
   * Called before a key is revoked for good.
   * @returns to be called where it turned out that it cannot be ended
   * @throws KeyError `BudgetSpent` when this run has ended as many as it may
   */
  beforeEnding(ending: Ending): () => void;
  /** Tells the person at the terminal. Never a secret. */
  notice(text: string): void;
}
