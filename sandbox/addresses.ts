import ipaddr from "ipaddr.js";

/** Whether a caller's address is one of the entries, each a single address or a network segment. */
export function isListed(address: string, entries: readonly string[]): boolean {
  const caller = ipaddr.process(address);
  return entries.some((entry) => {
    if (!entry.includes("/")) return ipaddr.process(entry).toString() === caller.toString();
    const [network, bits] = ipaddr.parseCIDR(entry);
    return network.kind() === caller.kind() && caller.match(network, bits);
  });
}

export function isIpv4(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text);
}

/** IPv4, IPv6, or a network segment of either. */
export function isAddressOrSegment(text: string): boolean {
  return isIpv4(text) || ipaddr.IPv6.isValid(text) || ipaddr.isValidCIDR(text);
}
