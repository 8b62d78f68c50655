import { keyPolicy } from "../rule";

/** Networks that hold every address. */
const EVERYWHERE = /^(?:0\.0\.0\.0|::)(?:\/0)?$|\/0$/;

/** A network segment wider than `widestV4` or `widestV6`; every address is told apart. */
function isWide(address: string, { widestV4, widestV6 }: { readonly widestV4: number; readonly widestV6: number }): boolean {
  const [network = "", prefix] = address.split("/");
  if (prefix === undefined || !/^[0-9]{1,3}$/.test(prefix) || EVERYWHERE.test(address)) return false;
  return Number(prefix) < (network.includes(":") ? widestV6 : widestV4);
}

const bits = (widest: number, all: number, description: string) =>
  ({ type: "integer", minimum: 1, maximum: all, default: widest, description }) as const;

/** A key without addresses works for whoever has copied it. */
export const ipWhitelistRequired = keyPolicy({
  name: "ip-whitelist-required",
  displayName: "Keys are bound to addresses",
  description: "A key that can do more than read is bound to addresses, and to no wide network segment.",
  severity: "critical",
  remediation: "Declare ipWhitelist with the addresses that the bot calls from",
  configSchema: {
    readOnlyToo: { type: "boolean", default: false, description: "Also for keys that can only read." },
    widestV4: bits(24, 32, "The widest IPv4 segment, as the bits of its network."),
    widestV6: bits(48, 128, "The widest IPv6 segment, as the bits of its network."),
  },
  defaults: { readOnlyToo: false, widestV4: 24, widestV6: 48 },
  judge: ({ scopes, ipWhitelist }, { readOnlyToo, ...widest }) => {
    const needed = readOnlyToo || scopes.known.some((scope) => scope !== "read");
    const everywhere = ipWhitelist.known.filter((address) => EVERYWHERE.test(address));
    const none = needed && ipWhitelist.complete && ipWhitelist.known.length === 0 ? ["is bound to no address"] : [];
    const wide = ipWhitelist.known.filter((address) => isWide(address, widest));
    return [
      ...none,
      ...everywhere.map((address) => `is bound to ${address}, which is every address`),
      ...wide.map(
        (address) => `is bound to ${address}; the widest is /${address.includes(":") ? widest.widestV6 : widest.widestV4}`,
      ),
    ];
  },
});
