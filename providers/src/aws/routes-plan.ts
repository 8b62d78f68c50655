import { z } from "zod";
import { known, type Problem, problemsBy } from "../core/shape";
import { type NetworkPlan, networkProblems } from "../core/subnets";

/** What is known of the addresses that routes are for. */
export interface Routed {
  readonly mode: "natPerZone" | "perBot" | "given";
  /** Zones or bots with an address in use. */
  readonly places: readonly string[];
}

const id = (prefixes: string): z.ZodType => {
  const message = `must be an id, such as ${prefixes.split("|")[0]}-0123456789abcdef0`;
  return known(z.string(message).regex(new RegExp(`^(?:${prefixes})-[0-9a-f]{8,17}$`), message));
};

const segment = z.string("must be a network segment");

const routeTables = z.record(z.string(), id("rtb")).refine((tables) => Object.keys(tables).length > 0, "names no route table");

const shape = z.strictObject({
  addresses: z.unknown().optional(),
  after: z.unknown().optional(),
  tags: z.record(z.string(), known(z.string())).optional(),
  vpc: z
    .strictObject({
      cidr: segment,
      avoid: z.array(segment).optional(),
      subnets: z.record(z.string(), z.strictObject({ public: segment.optional(), private: segment.optional() })).optional(),
    })
    .optional(),
  existingVpc: z
    .strictObject({
      zones: z.record(z.string(), z.strictObject({ publicSubnet: id("subnet"), routeTables })),
    })
    .optional(),
  instances: z
    .record(z.string(), z.strictObject({ instance: id("i").optional(), networkInterface: id("eni").optional() }))
    .optional(),
});

const KINDS = ["vpc", "existingVpc", "instances"] as const;
const FITTING = { natPerZone: ["vpc", "existingVpc"], perBot: ["instances"], given: [] } as const;

/** Everything that is wrong with the arguments of EgressRoutes, as they are known when the program declares them. */
export function routesProblems(args: object, routed: Routed): readonly Problem[] {
  const problems = [...problemsBy(shape, { ...args }, "EgressRoutes"), ...kindProblems(args, routed)];
  if (problems.length > 0) return problems;
  const { vpc, existingVpc, instances } = args as z.infer<typeof shape>;
  return [
    ...(vpc === undefined ? [] : networkProblems(withoutAbsent(vpc), routed.places, "vpc")),
    ...(existingVpc === undefined ? [] : placeProblems(existingVpc.zones, routed, "existingVpc.zones")),
    ...(instances === undefined ? [] : [...placeProblems(instances, routed, "instances"), ...targetProblems(instances)]),
  ];
}

function kindProblems(args: object, { mode }: Routed): readonly Problem[] {
  if (mode === "given") return [{ property: "addresses", reason: "are given: whoever holds them routes to them" }];
  const fitting: readonly string[] = FITTING[mode];
  const named = KINDS.filter((kind) => kind in args);
  const surplus = named.filter((kind) => !fitting.includes(kind));
  const problems = surplus.map((property) => ({ property, reason: `is not for addresses of mode ${mode}` }));
  if (named.length === 0) return [{ property: fitting.join(" or "), reason: `is required for addresses of mode ${mode}` }];
  return named.length > 1 && surplus.length === 0
    ? [...problems, { property: named.join(" and "), reason: "are alternatives: name one" }]
    : problems;
}

function placeProblems(declared: object, { places }: Routed, at: string): readonly Problem[] {
  const names = Object.keys(declared);
  const lacking = places.filter((place) => !names.includes(place));
  const surplus = names.filter((name) => !places.includes(name));
  return [
    ...lacking.map((place) => ({ property: `${at}.${place}`, reason: "is required: it has an address in use" })),
    ...surplus.map((place) => ({ property: `${at}.${place}`, reason: "has no address in use" })),
  ];
}

function targetProblems(instances: Readonly<Record<string, object>>): readonly Problem[] {
  const wrong = Object.entries(instances).filter(([, target]) => Object.keys(target).length !== 1);
  return wrong.map(([bot]) => ({ property: `instances.${bot}`, reason: "must name either an instance or a networkInterface" }));
}

/** The parser's type allows `undefined` where the plan knows only absence. */
function withoutAbsent(vpc: object): NetworkPlan {
  return JSON.parse(JSON.stringify(vpc));
}
