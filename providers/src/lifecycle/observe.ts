import { driftIn, isGone } from "../core/drift";
import { judgedInFull } from "../core/in-full";
import { ownershipOf } from "../core/ownership";
import { type ApiKeyOutputs, type Drift, recordedIn } from "../core/record";
import { judge } from "../core/worth";
import { confirmGone } from "./gone";
import { sightOf } from "./place";
import type { Surroundings } from "./surroundings";

/** What a read found: the key is gone, or it is there with what differs. */
export type Observation = { readonly gone: true } | { readonly gone: false; readonly drift: Drift | undefined };

/**
 * Looks at exchange and document without changing either. Gone means that two complete looks agreed. A refusal (permission, address,
 * clock, signature) throws and is never taken for it.
 */
export async function observe(outputs: ApiKeyOutputs, surroundings: Surroundings): Promise<Observation> {
  const exchange = await surroundings.exchange(outputs);
  const recorded = recordedIn(outputs);
  const found = await surroundings.store(outputs.publish).look();
  const sight = found === undefined ? undefined : sightOf(found, recorded.sealed, exchange);
  const isHeldByUs = sight?.document?.holder === recorded.sealed.holder;
  const place = { ...judge(sight, recorded.sealed), isHeldByUs };
  const { descriptor } = exchange.adapter;
  const ownership = ownershipOf(descriptor);
  const inFull = judgedInFull(recorded);
  let listed = await exchange.shared(outputs.subAccount, inFull);
  const absent = recorded.sealed.versions.filter((version) => !listed.some((key) => key.apiKey === version.apiKey));
  if (absent.length > 0) {
    const apiKeys = absent.map((version) => version.apiKey);
    const confirmed = await confirmGone(exchange, outputs.subAccount, { apiKeys, inFull, sleep: surroundings.sleep });
    listed = confirmed.listed;
    if (confirmed.gone.length === absent.length && isGone({ recorded, listed, ownership })) return { gone: true };
  }
  const unlisted = descriptor.unlisted?.value ?? [];
  return { gone: false, drift: driftIn({ inputs: outputs, recorded, place, listed, ownership, unlisted }) };
}
