import ipaddr from "ipaddr.js";
import { canonicalAddresses } from "./sets";
import type { Problem } from "./shape";

/** The widest network segments: no desk calls from more, and a provider's whole network is full of strangers. */
const WIDEST = { ipv4: 16, ipv6: 32 } as const;
const BITS = { ipv4: 32, ipv6: 128 } as const;

type Kind = keyof typeof WIDEST;

/** Of one segment, or of one address. */
interface Network {
  readonly kind: Kind;
  readonly prefix: number;
  readonly first: bigint;
  readonly last: bigint;
}

/** What lets in too many addresses: a segment, or all of them together. What every address matches is named elsewhere. */
export function widthProblems(ipWhitelist: readonly string[]): readonly Problem[] {
  const entries = canonicalAddresses(ipWhitelist).map(networkOf);
  const wide = entries.flatMap((entry, index): readonly Problem[] => {
    if (entry === undefined || entry.prefix === 0 || entry.prefix >= WIDEST[entry.kind]) return [];
    const reason = `lets in a /${entry.prefix}: at most a /${WIDEST[entry.kind]} may be let in, and the narrowest that the bots call from should be`;
    return [{ property: `ipWhitelist[${index}]`, reason }];
  });
  if (wide.length > 0) return wide;
  const counted = entries.flatMap((entry) => (entry === undefined || entry.prefix === 0 ? [] : [entry]));
  return (["ipv4", "ipv6"] as const).flatMap((kind) =>
    sumProblems(
      kind,
      counted.filter((entry) => entry.kind === kind),
    ),
  );
}

/** Pieces of a segment that is too wide are as wide together: as many as the widest segment has may be let in. */
function sumProblems(kind: Kind, networks: readonly Network[]): readonly Problem[] {
  const most = 1n << BigInt(BITS[kind] - WIDEST[kind]);
  const size = sizeOf(networks);
  if (size <= most) return [];
  const told =
    kind === "ipv4"
      ? `lets in ${size} IPv4 addresses together, and at most ${most} may be`
      : `lets in more IPv6 addresses together than a /${WIDEST[kind]} has`;
  return [{ property: "ipWhitelist", reason: `${told}: narrow its segments to what the bots call from` }];
}

function networkOf(canonical: string): Network | undefined {
  const text = canonical.includes("/") ? canonical : `${canonical}/${canonical.includes(":") ? BITS.ipv6 : BITS.ipv4}`;
  if (!ipaddr.isValidCIDR(text)) return undefined;
  const [address, prefix] = ipaddr.parseCIDR(text);
  const kind = address.kind();
  const first = address.toByteArray().reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return { kind, prefix, first, last: first + (1n << BigInt(BITS[kind] - prefix)) - 1n };
}

/** How many addresses the networks hold. Those that several hold count once. */
function sizeOf(networks: readonly Network[]): bigint {
  let [size, next] = [0n, 0n];
  for (const { first, last } of networks.toSorted((one, other) => (one.first < other.first ? -1 : 1))) {
    const from = first > next ? first : next;
    if (last < from) continue;
    size += last - from + 1n;
    next = last + 1n;
  }
  return size;
}
