import ipaddr from "ipaddr.js";
import type { Environment } from "./words";

/** One form for one address or segment, so that lists compare as sets. `undefined` when `text` is neither. */
export function canonicalAddress(text: string): string | undefined {
  const [address, bits, rest] = text.split("/");
  if (rest !== undefined || address === undefined || !isStrict(address)) return undefined;
  if (bits === undefined) return ipaddr.parse(address).toString();
  if (!/^[0-9]{1,3}$/.test(bits)) return undefined;
  const kind = ipaddr.parse(address).kind();
  if (Number(bits) > (kind === "ipv4" ? 32 : 128)) return undefined;
  const network = kind === "ipv4" ? ipaddr.IPv4.networkAddressFromCIDR(text) : ipaddr.IPv6.networkAddressFromCIDR(text);
  return `${network.toString()}/${Number(bits)}`;
}

/** True when `entry`, an address or a network segment, lets `address` in. */
export function letsIn(entry: string, address: string): boolean {
  const [whole, one] = [canonicalAddress(entry), canonicalAddress(address)];
  if (whole === undefined || one === undefined || one.includes("/")) return false;
  if (!whole.includes("/")) return whole === one;
  const [network, caller] = [ipaddr.parseCIDR(whole), ipaddr.parse(one)];
  return network[0].kind() === caller.kind() && caller.match(network);
}

/** What a whitelist may hold on one exchange. */
export interface AddressRules {
  readonly environment: Environment;
  readonly ipv6: boolean;
  readonly cidr: boolean;
}

/** Why `text` must not be in a whitelist. `undefined` when it may. */
export function addressProblem(text: string, rules: AddressRules): string | undefined {
  const canonical = canonicalAddress(text);
  if (canonical === undefined) return "is not an IP address or network segment";
  const [address = "", bits] = canonical.split("/");
  const parsed = ipaddr.parse(address);
  if (bits === "0") return "allows every address; a whitelist must bind the key";
  if (bits !== undefined && !rules.cidr) return "is a network segment, which this exchange does not take: list each address";
  if (bits !== undefined && canonical !== text) return `is not the start of its network segment; write ${canonical}`;
  if (parsed.kind() === "ipv6" && !rules.ipv6) return "is an IPv6 address, which this exchange does not take";
  return rangeProblem(parsed.range(), rules.environment);
}

function rangeProblem(range: string, environment: Environment): string | undefined {
  if (range === "unicast") return undefined;
  if (range === "loopback" && environment === "sandbox") return undefined;
  if (range === "unspecified") return "allows every address; a whitelist must bind the key";
  return `is a ${range} address, which no exchange ever sees as a caller: use the public egress address`;
}

function isStrict(address: string): boolean {
  return (
    ipaddr.IPv4.isValidFourPartDecimal(address) ||
    (address.includes(":") && ipaddr.IPv6.isValid(address) && !address.includes("%"))
  );
}
