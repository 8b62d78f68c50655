import type { ErrorKind } from "../../providers/src/core/errors";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";
import type { Damage, Difference, Place } from "./differences";
import type { GoldenCall } from "./golden";

/** Damage of documented answers that is no damage, because a document says what is meant by it. */
export interface Accepted {
  /** Golden calls. */
  readonly calls: readonly string[];
  /** Names with dots between them; `*` stands for any of a list or of an object. */
  readonly place: string;
  readonly damage: readonly Damage[];
  /** What it has to be read as; where there is nothing, whatever has the right form. */
  readonly readAs?: unknown;
  readonly reason: string;
  readonly source: string;
}

/** What another value of the right kind may come to, beside `BadResponse`. */
export interface Told {
  readonly calls: readonly string[];
  readonly kind: ErrorKind;
  readonly reason: string;
}

/** What `readings.json` of an exchange says about answers that are not the documented ones. */
export interface Readings {
  readonly accepted: readonly Accepted[];
  readonly told: readonly Told[];
}

/** Which call, and where its answer differs. */
export interface Damaged {
  readonly call: string;
  readonly operation: GoldenCall["operation"];
  readonly found: readonly Difference[];
}

/** True when nothing but damage is to be seen: then only the documented value is right, or an error. */
export function isDamage({ found }: Damaged): boolean {
  return found.every(({ damage }) => damage !== undefined);
}

/** The first that one of the differences is, if any. */
export function acceptedIn({ accepted }: Readings, { call, found }: Damaged): Accepted | undefined {
  return accepted.find(({ calls, place, damage }) => {
    return (
      calls.includes(call) &&
      found.some((one) => one.damage !== undefined && damage.includes(one.damage) && isAt(one.place, place))
    );
  });
}

function isAt(place: Place, pattern: string): boolean {
  const names = pattern.split(".");
  return names.length === place.length && names.every((name, index) => name === "*" || name === String(place[index]));
}

/** An act that was sent may have been carried out whatever the answer says. */
const UNSAFE: readonly GoldenCall["operation"][] = ["issue", "createSubAccount"];

/** What may be said of a changed answer: that it is bad, and what a code of it or another value in it means. */
export function allowedKinds(
  { envelope, errors }: Descriptor,
  { told }: Readings,
  damaged: Damaged & { readonly code?: string },
) {
  const { call, operation, found, code = "" } = damaged;
  const values = isDamage(damaged) ? [] : told.filter(({ calls }) => calls.includes(call)).map(({ kind }) => kind);
  const allowed: ErrorKind[] = ["BadResponse", ...values];
  // A list of codes has each of them one step further in.
  const deepest = envelope.listed ? 2 : 1;
  const ofCode = found.some(({ place }) => place.length === 0 || (place.length <= deepest && place[0] === envelope.code));
  if (!ofCode) return allowed;
  const meant = new Map(Object.entries(errors.value)).get(code);
  if (meant !== undefined) allowed.push(meant, ...(meant === "OutcomeUnknown" ? (["Unavailable"] as const) : []));
  // Without its code an answer does not even say whether it is a success.
  return UNSAFE.includes(operation) ? [...allowed, "OutcomeUnknown" as const] : allowed;
}
