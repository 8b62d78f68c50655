import type { Descriptor } from "../exchanges/descriptor";

/** Days after which a new key with these addresses stops working; `undefined` when it does not. */
export function lifetimeDays(descriptor: Descriptor, ipWhitelist: readonly unknown[]): number | undefined {
  const unbound = ipWhitelist.length === 0 ? descriptor.unboundExpiryDays?.value : undefined;
  const days = [descriptor.lifetimeDays?.value.chosen, unbound].filter((one) => one !== undefined);
  return days.length === 0 ? undefined : Math.min(...days);
}
