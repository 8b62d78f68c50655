import { networkInterfaces } from "node:os";

/** Names the addresses, with commas between, from which this machine is seen: behind a NAT it cannot know them. */
export const EGRESS_VARIABLE = "EXCHANGE_KEYS_EGRESS";

/** Addresses that this machine is known to call from: those of its own interfaces, and those that {@link EGRESS_VARIABLE} names. */
export function callerAddresses(env: NodeJS.ProcessEnv): readonly string[] {
  const own = Object.values(networkInterfaces()).flatMap((found) => (found ?? []).map(({ address }) => address));
  const named = (env[EGRESS_VARIABLE] ?? "").split(",").map((address) => address.trim());
  return [...own, ...named.filter((address) => address !== "")];
}
