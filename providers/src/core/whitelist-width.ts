import ipaddr from "ipaddr.js";
import { canonicalAddresses } from "./sets";
import type { Problem } from "./shape";

/** The widest network segments: no desk calls from more, and a provider's whole network is full of strangers. */
const WIDEST = { ipv4: 16, ipv6: 32 } as const;
/** IPv4 addresses of one whitelist together: as many as its widest segment has. */
const MOST_V4 = 2 ** (32 - WIDEST.ipv4);

/** First and last address of an entry, as numbers. */
type Range = readonly [first: number, last: number];

/** What lets in too many addresses: a segment, or all of them together. What every address matches is named elsewhere. */
export function widthProblems(ipWhitelist: readonly string[]): readonly Problem[] {
  const entries = canonicalAddresses(ipWhitelist).map(networkOf);
  const wide = entries.flatMap((entry, index): readonly Problem[] => {
    if (entry === undefined || entry.prefix === 0 || entry.prefix >= WIDEST[entry.kind]) return [];
    const reason = `lets in a /${entry.prefix}: at most a /${WIDEST[entry.kind]} may be let in, and the narrowest that the bots call from should be`;
    return [{ property: `ipWhitelist[${index}]`, reason }];
  });
  if (wide.length > 0) return wide;
  const ranges = entries.flatMap((entry) => (entry?.range === undefined || entry.prefix === 0 ? [] : [entry.range]));
  const count = sizeOf(ranges);
  if (count <= MOST_V4) return [];
  const reason = `lets in ${count} IPv4 addresses together, and at most ${MOST_V4} may be: narrow its segments to what the bots call from`;
  return [{ property: "ipWhitelist", reason }];
}

interface Network {
  readonly kind: "ipv4" | "ipv6";
  readonly prefix: number;
  /** Of IPv4. */
  readonly range?: Range;
}

function networkOf(canonical: string): Network | undefined {
  const text = canonical.includes("/") ? canonical : `${canonical}/${canonical.includes(":") ? 128 : 32}`;
  if (!ipaddr.isValidCIDR(text)) return undefined;
  const [address, prefix] = ipaddr.parseCIDR(text);
  if (!(address instanceof ipaddr.IPv4)) return { kind: "ipv6", prefix };
  const first = address.octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return { kind: "ipv4", prefix, range: [first, first + 2 ** (32 - prefix) - 1] };
}

/** How many addresses the ranges hold; those that several hold count once. */
function sizeOf(ranges: readonly Range[]): number {
  let [size, next] = [0, 0];
  for (const [first, last] of ranges.toSorted(([one], [other]) => one - other)) {
    const from = Math.max(first, next);
    size += Math.max(0, last - from + 1);
    next = Math.max(next, last + 1);
  }
  return size;
}
