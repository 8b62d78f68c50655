import type { Descriptor } from "../exchanges/descriptor";
import type { SealedVersion } from "../seal/document";
import { DAY_MS, parseDuration } from "./duration";
import type { ApiKeyInputs } from "./inputs";

type Declared = Pick<ApiKeyInputs, "lifetime"> & { readonly ipWhitelist: readonly unknown[] };

/** Days after which a new key as declared stops working. `undefined` when it does not. */
export function lifetimeDays(descriptor: Descriptor, declared: Declared): number | undefined {
  const unbound = declared.ipWhitelist.length === 0 ? descriptor.unboundExpiryDays?.value : undefined;
  const days = [chosenDays(descriptor, declared.lifetime), unbound].filter((one) => one !== undefined);
  return days.length === 0 ? undefined : Math.min(...days);
}

/** What an exchange that lets one choose is asked for. `undefined` where there is nothing to choose. */
export function chosenDays({ lifetimeDays }: Descriptor, lifetime: string | undefined): number | undefined {
  return lifetimeDays === undefined ? undefined : (daysOf(lifetime) ?? lifetimeDays.value.chosen);
}

/** Days that a version was issued for. `undefined` when it does not end. */
export function daysOfVersion({ issuedAt, notAfter }: Pick<SealedVersion, "issuedAt" | "notAfter">): number | undefined {
  return notAfter === undefined ? undefined : Math.round((Date.parse(notAfter) - Date.parse(issuedAt)) / DAY_MS);
}

/** True when another lifetime is declared than the version was issued with. Taking the declaration back changes nothing. */
export function lifetimeChanged(lifetime: string | undefined, version: SealedVersion): boolean {
  return lifetime !== undefined && daysOf(lifetime) !== daysOfVersion(version);
}

function daysOf(lifetime: string | undefined): number | undefined {
  const milliseconds = lifetime === undefined ? undefined : parseDuration(lifetime);
  return milliseconds === undefined ? undefined : milliseconds / DAY_MS;
}
