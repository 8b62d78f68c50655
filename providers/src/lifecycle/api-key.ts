import { exchangeReasons } from "../core/causes";
import { identityOf, resourceId, type ScheduledApiKeyInputs } from "../core/inputs";
import { ownerHash } from "../core/label";
import { reasonOf } from "../core/reason";
import { type ApiKeyOutputs, outputsOf, type Recorded, recordedIn } from "../core/record";
import { DOCUMENT_FORMAT, type SealedDocument } from "../seal/document";
import { converge, type Outcome } from "./converge";
import type { Surroundings } from "./surroundings";

/** A run that stopped in the middle: what to record, and why it stopped. */
export class Unfinished extends Error {
  override readonly name = "Unfinished";

  constructor(
    readonly id: string,
    readonly outputs: ApiKeyOutputs,
    readonly reason: string,
  ) {
    super(reason);
  }
}

/**
 * Issues the key, or takes over the one that the published document holds for the same identity.
 * @throws Unfinished when something had been done. KeyError when nothing was
 */
export async function createKey(
  inputs: ScheduledApiKeyInputs,
  surroundings: Surroundings,
): Promise<{ id: string; outputs: ApiKeyOutputs }> {
  const id = resourceId(inputs);
  const outcome = await converge(
    inputs,
    { recorded: newRecord(inputs, surroundings), document: inputs.publish, takeOver: true },
    surroundings,
  );
  return { id, outputs: finish(id, inputs, outcome) };
}

/**
 * Makes the key as declared: in place, by rotation, or by going on where the last run stopped. Reaches no exchange when only words
 * that no exchange knows have changed.
 * @throws Unfinished when something had been done. KeyError when nothing was
 */
export async function updateKey(
  key: { readonly id: string; readonly outputs: ApiKeyOutputs },
  inputs: ScheduledApiKeyInputs,
  surroundings: Surroundings,
): Promise<ApiKeyOutputs> {
  const recorded = recordedIn(key.outputs);
  if (exchangeReasons(inputs, key.outputs, surroundings.clock.now()).length === 0) return outputsOf(inputs, recorded, "ready");
  const outcome = await converge(inputs, { recorded, document: key.outputs.publish, takeOver: false }, surroundings);
  return finish(key.id, inputs, outcome);
}

function newRecord(inputs: ScheduledApiKeyInputs, surroundings: Surroundings): Recorded {
  const holder = surroundings.random();
  const sealed: SealedDocument = { format: DOCUMENT_FORMAT, identity: identityOf(inputs), holder, lastSerial: 0, versions: [] };
  return { hash: ownerHash(inputs), strays: [], former: [], sealed };
}

function finish(id: string, inputs: ScheduledApiKeyInputs, outcome: Outcome): ApiKeyOutputs {
  if (outcome.failure === undefined) return outputsOf(inputs, outcome.recorded, "ready");
  throw new Unfinished(id, outputsOf(inputs, outcome.recorded, "unfinished"), reasonOf(outcome.failure));
}
