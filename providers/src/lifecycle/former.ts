import { isIncident } from "../core/causes";
import { KeyError } from "../core/errors";
import type { ScheduledApiKeyInputs } from "../core/inputs";
import type { FormerDocument, Recorded } from "../core/record";
import { checkStamp } from "../seal/stamp";
import type { Reach } from "./place";
import { isDelivery } from "./take-down";

/** A place that is left keeps its document for an overlap, so that bots can be pointed to the new one. */
export function leave(recorded: Recorded, place: string, move: { readonly to: string; readonly after: Date }): Recorded {
  const others = recorded.former.filter((former) => former.url !== place && former.url !== move.to);
  if (place === move.to) return recorded;
  return { ...recorded, former: [...others, { url: place, after: move.after.toISOString() }] };
}

/** So does a place of delivery, which is then ended. */
export function leaveDelivery(recorded: Recorded, to: string | undefined, after: Date): Recorded {
  const { delivered, ...rest } = recorded;
  const former = rest.former.filter(({ url }) => url !== to && url !== delivered?.url);
  if (delivered === undefined || delivered.url === to)
    return { ...recorded, former: rest.former.filter(({ url }) => url !== to) };
  return { ...rest, former: [...former, { url: delivered.url, after: after.toISOString() }] };
}

/**
 * A place that was left is written no more. A newer document of ours there comes from a copy of this resource, in another stack, that
 * uses the same key. What looks like a stray is then the key of its bots. Only a good stamp says so.
 * @throws KeyError `Conflict`
 */
export async function requireAlone(
  { url }: FormerDocument,
  { inputs, recorded }: { readonly inputs: ScheduledApiKeyInputs; readonly recorded: Recorded },
  { surroundings, exchange }: Reach,
): Promise<void> {
  if (isDelivery(url) || isIncident(inputs, recorded)) return;
  const found = await surroundings.store(url).look();
  if (found?.text === undefined || found.document === undefined) return;
  const { document, text } = found;
  const known = Math.max(recorded.sealed.lastSerial, ...recorded.strays.map(({ serial = 0 }) => serial));
  if (checkStamp(text, exchange.stampKeys) !== "right") return;
  if (document.holder !== recorded.sealed.holder || document.lastSerial <= known) return;
  throw new KeyError({
    kind: "Conflict",
    exchange: inputs.exchange,
    operation: `key "${inputs.name}"`,
    message: `the document at ${url}, which this resource left, was written since: a copy of this stack goes on with the same key`,
    hint: "Nothing was changed. Let one stack only declare the key, and take it out of the state of the other (pulumi state delete).",
  });
}
