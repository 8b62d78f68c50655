import type { SealedVersion } from "../seal/document";
import type { ApiKeyInputs } from "./inputs";
import { type Recorded, versionIn } from "./record";

/** What a place of delivery has to show. */
export interface DueDelivery {
  readonly url: string;
  readonly current: SealedVersion;
  readonly previous?: SealedVersion;
}

/** The delivery that is due. `undefined` when none is declared, nothing is there to deliver, or the place shows it already. */
export function dueDelivery(
  inputs: Pick<ApiKeyInputs, "deliver">,
  { sealed, delivered }: Pick<Recorded, "sealed" | "delivered">,
): DueDelivery | undefined {
  const current = versionIn(sealed, "current");
  const previous = versionIn(sealed, "previous");
  // A version of a public key of the desk's holds nothing to deliver.
  if (inputs.deliver === undefined || current === undefined || current.fingerprint !== undefined) return undefined;
  const shown = delivered?.url === inputs.deliver ? delivered : undefined;
  if (shown?.serial === current.serial && shown.previous === previous?.serial) return undefined;
  return { url: inputs.deliver, current, ...(previous === undefined ? {} : { previous }) };
}

/** True when the place of delivery has to be written to, or left. */
export function deliveryChanged(
  inputs: Pick<ApiKeyInputs, "deliver">,
  recorded: Pick<Recorded, "sealed" | "delivered">,
): boolean {
  const left = recorded.delivered !== undefined && recorded.delivered.url !== inputs.deliver;
  return left || dueDelivery(inputs, recorded) !== undefined;
}
