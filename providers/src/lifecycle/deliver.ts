import type { DueDelivery } from "../core/delivered";
import { KeyError } from "../core/errors";
import type { ScheduledApiKeyInputs } from "../core/inputs";
import type { DeliveredKey } from "../deliver/delivery";
import type { SealedVersion } from "../seal/document";
import { openVersion } from "../seal/version";
import { type OwnSeals, requireOwnSeal } from "./passphrase";
import type { Progress } from "./progress";
import type { Surroundings } from "./surroundings";

/** What a delivery needs. */
export interface DeliverContext {
  readonly inputs: ScheduledApiKeyInputs;
  readonly progress: Progress;
  readonly surroundings: Surroundings;
  readonly ownSeals: OwnSeals;
  /** Keys that this call was given by the exchange, by serial. Filled only where a delivery is declared. */
  readonly held: ReadonlyMap<number, DeliveredKey>;
}

/**
 * Puts the opened key where bots look that cannot open documents. In the call that issued it the secret is at hand. A later run, after a
 * crash in between, opens the document for it, which takes the right to decrypt under this key's context.
 * @throws KeyError `DeliveryFailed`, `Conflict`, `OpenFailed`
 */
export async function deliver(context: DeliverContext, delivery: DueDelivery): Promise<void> {
  const { url, current, previous } = delivery;
  const { progress, surroundings, held } = context;
  const { hash } = progress.recorded;
  await surroundings.delivery(url).deliver({
    hash,
    current,
    ...(previous === undefined ? {} : { previous }),
    open: async () => held.get(current.serial) ?? (await openSealed(context, current)),
  });
  const beside = previous === undefined ? {} : { previous: previous.serial };
  progress.recorded = { ...progress.recorded, delivered: { url, serial: current.serial, ...beside } };
}

async function openSealed(
  { progress, surroundings, ownSeals, inputs }: DeliverContext,
  version: SealedVersion,
): Promise<DeliveredKey> {
  requireOwnSeal(version.key, ownSeals, inputs.exchange);
  const identity = version.identity ?? progress.recorded.sealed.identity;
  const { secret, ...open } = await openVersion(surroundings.sealer(version.key), version, identity);
  if (secret !== undefined) return { ...open, secret };
  throw new KeyError({ kind: "NotSupported", message: `version ${version.serial} holds no secret to deliver` });
}
