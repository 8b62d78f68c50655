import ipaddr from "ipaddr.js";
import { canonicalAddress } from "./addresses";
import { type Problem, propertyPath } from "./shape";

/** Subnets of one availability zone, as network segments. */
export interface ZoneSubnets {
  /** Where the NAT gateway lives. */
  readonly public: string;
  /** Where bots live. */
  readonly private: string;
}

/** A network to be made. */
export interface NetworkPlan {
  /** An IPv4 segment for private use, /16 to /20. */
  readonly cidr: string;
  /** Segments that it will be connected with some day, so must not overlap. */
  readonly avoid?: readonly string[];
  /** Subnets that are not where {@link plannedSubnets} would put them. */
  readonly subnets?: Readonly<Record<string, Partial<ZoneSubnets>>>;
}

/** Zones have a letter. Each letter has its place, so that a zone that comes later moves no other. */
const LETTERS = "abcdefgh";
const LARGEST = 16;
const SMALLEST = 20;
/** Of a /16: private subnets are a /20 each in the first half, public ones a /24 each in the second. */
const PRIVATE_BITS = 4;
const PUBLIC_BITS = 8;

/** The subnets of each zone, by the zone's letter. @throws RangeError for a segment that {@link networkProblems} refuses */
export function plannedSubnets(plan: NetworkPlan, zones: readonly string[]): ReadonlyMap<string, ZoneSubnets> {
  const whole = rangeOf(plan.cidr);
  if (whole === undefined) throw new RangeError(`${plan.cidr} is no network segment`);
  return new Map(
    zones.map((zone) => {
      const place = LETTERS.indexOf(zone.slice(-1));
      const planned = {
        public: part(whole, { bits: PUBLIC_BITS, place: 2 ** (PUBLIC_BITS - 1) + place }),
        private: part(whole, { bits: PRIVATE_BITS, place }),
      };
      return [zone, { ...planned, ...plan.subnets?.[zone] }];
    }),
  );
}

/** Everything that is wrong with a network for these zones. `at` is where it is declared. */
export function networkProblems(plan: NetworkPlan, zones: readonly string[], at: string): readonly Problem[] {
  const whole = rangeOf(plan.cidr);
  const own = segmentProblem(plan.cidr);
  if (whole === undefined || own !== undefined)
    return [{ property: `${at}.cidr`, reason: own ?? "is not an IPv4 network segment" }];
  const letters = zones.filter((zone) => !LETTERS.includes(zone.slice(-1)));
  if (letters.length > 0)
    return [{ property: at, reason: `has places for zones a to h, not for ${letters.join(", ")}: use an existing VPC` }];
  return [...avoidProblems(plan, whole, at), ...subnetProblems(plan, zones, at)];
}

interface Range {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

function avoidProblems({ cidr, avoid = [] }: NetworkPlan, whole: Range, at: string): readonly Problem[] {
  return avoid.flatMap((segment, index): readonly Problem[] => {
    const range = rangeOf(segment);
    const property = propertyPath([at, "avoid", index]);
    if (range === undefined) return [{ property, reason: "is not an IPv4 network segment" }];
    return overlap(whole, range) ? [{ property, reason: `${segment} overlaps ${at}.cidr ${cidr}` }] : [];
  });
}

interface Placed {
  readonly property: string;
  readonly segment: string;
  readonly range: Range;
}

function subnetProblems(plan: NetworkPlan, zones: readonly string[], at: string): readonly Problem[] {
  const surplus = Object.keys(plan.subnets ?? {}).filter((zone) => !zones.includes(zone));
  const problems: Problem[] = surplus.map((zone) => ({
    property: `${at}.subnets.${zone}`,
    reason: "is of a zone without an address",
  }));
  const placed: Placed[] = [];
  for (const [zone, subnets] of plannedSubnets(plan, zones)) {
    for (const kind of ["public", "private"] as const) {
      const segment = subnets[kind];
      const property = `${at}.subnets.${zone}.${kind}`;
      const range = rangeOf(segment);
      const reason =
        range === undefined ? "is not an IPv4 network segment" : placeProblem({ segment, range, property }, plan, placed);
      if (reason !== undefined) problems.push({ property, reason });
      if (range !== undefined) placed.push({ property, segment, range });
    }
  }
  return problems;
}

function placeProblem({ segment, range }: Placed, plan: NetworkPlan, others: readonly Placed[]): string | undefined {
  const whole = rangeOf(plan.cidr);
  if (whole !== undefined && (range.first < whole.first || range.last > whole.last))
    return `${segment} is not inside ${plan.cidr}`;
  if (range.prefix > 28) return `${segment} is smaller than /28, the smallest subnet there is`;
  const other = others.find((one) => overlap(one.range, range));
  return other === undefined ? undefined : `${segment} overlaps ${other.property} ${other.segment}`;
}

function segmentProblem(cidr: string): string | undefined {
  const range = rangeOf(cidr);
  if (range === undefined) return "is not an IPv4 network segment";
  const [address = "", bits] = cidr.split("/");
  const canonical = canonicalAddress(cidr);
  if (canonical !== cidr) return `is not the start of its network segment; write ${canonical}`;
  if (Number(bits) < LARGEST || Number(bits) > SMALLEST) return `must be /${LARGEST} to /${SMALLEST}`;
  const kind = ipaddr.parse(address).range();
  if (kind === "private" || kind === "carrierGradeNat") return undefined;
  return "is not for private use: exchanges with such addresses could not be reached";
}

function rangeOf(segment: string): Range | undefined {
  const [address = "", bits] = canonicalAddress(segment)?.split("/") ?? [];
  if (bits === undefined || !ipaddr.IPv4.isValidFourPartDecimal(address)) return undefined;
  const first = ipaddr.IPv4.parse(address)
    .toByteArray()
    .reduce((all, byte) => all * 256 + byte, 0);
  return { first, last: first + 2 ** (32 - Number(bits)) - 1, prefix: Number(bits) };
}

function overlap(one: Range, other: Range): boolean {
  return one.first <= other.last && other.first <= one.last;
}

function part(whole: Range, { bits, place }: { readonly bits: number; readonly place: number }): string {
  const prefix = whole.prefix + bits;
  const first = whole.first + place * 2 ** (32 - prefix);
  const bytes = [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256);
  return `${bytes.join(".")}/${prefix}`;
}
