import type { KeyError } from "../core/errors";
import type { ScheduledApiKeyInputs } from "../core/inputs";
import type { Hint } from "../core/situation";
import type { ApiKeyId } from "../core/words";
import type { DeliveredKey } from "../deliver/delivery";
import type { ListedKey } from "../exchanges/adapter";
import type { OwnSeals } from "./passphrase";
import type { Progress } from "./progress";
import type { Exchange, Surroundings } from "./surroundings";

/** What every step works on. `listed` is what the exchange showed last. */
export interface StepContext {
  readonly inputs: ScheduledApiKeyInputs;
  readonly exchange: Exchange;
  readonly progress: Progress;
  readonly surroundings: Surroundings;
  readonly ownSeals: OwnSeals;
  /** Keys that this call was given by the exchange, by serial. Filled only where a delivery is declared. */
  readonly held: Map<number, DeliveredKey>;
  readonly run: {
    readonly issued: Set<ApiKeyId>;
    readonly failed: Map<string, KeyError>;
    readonly isHidden: boolean;
    readonly isIntentRecorded: boolean;
    readonly hints: readonly Hint[];
  };
  listed: readonly ListedKey[];
}
