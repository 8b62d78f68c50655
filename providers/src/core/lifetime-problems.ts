import type { Descriptor } from "../exchanges/descriptor";
import { EXPIRY_MARGIN_MS } from "./causes";
import { DAY_MS, parseDuration } from "./duration";
import { lifetimeDays } from "./lifetime";
import type { Rotate } from "./schedule";
import type { Problem } from "./shape";

/** What is known of how long a key lives and how often it is replaced. */
interface Declared {
  readonly ipWhitelist: unknown;
  /** Absent while it is not known. */
  readonly rotate: Rotate | undefined;
  readonly lifetime: string | undefined;
}

/** A lifetime that the exchange does not offer, or one that ends before the next rotation. */
export function lifetimeProblems(declared: Declared, descriptor: Descriptor): readonly Problem[] {
  const wrong = choiceProblem(declared.lifetime, descriptor);
  return wrong === undefined ? expiryProblems(declared, descriptor) : [{ property: "lifetime", reason: wrong }];
}

function choiceProblem(lifetime: string | undefined, { lifetimeDays: choice, title }: Descriptor): string | undefined {
  const days = lifetime === undefined ? undefined : parseDuration(lifetime);
  if (days === undefined) return undefined;
  if (choice === undefined) return `cannot be chosen: ${title} offers none`;
  const { choices } = choice.value;
  return choices.includes(days / DAY_MS)
    ? undefined
    : `must be one that ${title} offers: ${choices.map((one) => `${one}d`).join(", ")}`;
}

function expiryProblems({ ipWhitelist, rotate, lifetime }: Declared, descriptor: Descriptor): readonly Problem[] {
  if (!Array.isArray(ipWhitelist) || rotate === undefined) return [];
  const days = lifetimeDays(descriptor, { ipWhitelist, ...(lifetime === undefined ? {} : { lifetime }) });
  const needed = (parseDuration(rotate.every) ?? 0) + (parseDuration(rotate.overlap) ?? 0) + EXPIRY_MARGIN_MS;
  if (days === undefined || needed <= days * DAY_MS) return [];
  const which = ipWhitelist.length === 0 ? "keys without addresses" : "keys";
  const reason = `is too long: ${descriptor.title} ${which} die after ${days} days, and overlap and one day of margin come on top`;
  return [{ property: "rotate.every", reason }];
}
