import { z } from "zod";
import { addressProblem } from "../core/addresses";
import { UNKNOWN } from "../core/inputs";
import { canonicalAddresses } from "../core/sets";
import { NAME_HINT, NAME_PATTERN } from "../core/settings";
import { known, type Problem, problemsBy } from "../core/shape";
import type { Environment } from "../core/words";
import { generationsSchema } from "./generations";

/** The region of an availability zone: `eu-west-1a` → `eu-west-1`. `undefined` when `zone` is none. */
export function regionOfZone(zone: string): string | undefined {
  return /^([a-z]{2}(?:-[a-z]+)+-[0-9])[a-z]$/.exec(zone)?.[1];
}

const common = {
  protect: z.boolean().optional(),
  tags: z.record(z.string(), known(z.string())).optional(),
};

const zones = z.record(z.string(), generationsSchema).superRefine((value, context) => {
  const names = Object.keys(value);
  if (names.length === 0) context.addIssue({ code: "custom", message: "names no zone: one address and one gateway for each" });
  const regions = new Set(names.map(regionOfZone).filter((region) => region !== undefined));
  for (const zone of names) {
    if (regionOfZone(zone) !== undefined) continue;
    context.addIssue({ code: "custom", message: "is not an availability zone, such as eu-west-1a", path: [zone] });
  }
  if (regions.size > 1)
    context.addIssue({ code: "custom", message: `names zones of ${regions.size} regions: ${[...regions].join(", ")}` });
});

const bots = z.record(z.string(), generationsSchema).superRefine((value, context) => {
  const names = Object.keys(value);
  if (names.length === 0) context.addIssue({ code: "custom", message: "names no bot: one address for each" });
  for (const bot of names.filter((name) => !NAME_PATTERN.test(name)))
    context.addIssue({ code: "custom", message: `is not a bot's name: ${NAME_HINT}`, path: [bot] });
});

function givenAddresses(environment: Environment): z.ZodType {
  const rules = { environment, ipv6: true, cidr: true };
  return z.array(known(z.string("must be a text"))).superRefine((value, context) => {
    if (value.length === 0) context.addIssue({ code: "custom", message: "names no address" });
    const texts = value.map((item) => (typeof item === "string" ? item : ""));
    const canonical = canonicalAddresses(texts);
    texts.forEach((text, index) => {
      const first = canonical.indexOf(canonical[index] ?? text);
      const repeats = first < index ? `repeats addresses[${first}]` : undefined;
      const message = text === "" || text === UNKNOWN ? undefined : (addressProblem(text, rules) ?? repeats);
      if (message !== undefined) context.addIssue({ code: "custom", message, path: [index] });
    });
  });
}

/** Everything that is wrong with the arguments of EgressAddresses, as they are known when the program declares them. */
export function egressProblems(args: object, environment: Environment): readonly Problem[] {
  const reason = known(z.string("is required").min(10, "must say in at least 10 characters who holds these addresses"));
  const modes = [
    z.strictObject({ mode: z.literal("natPerZone"), zones, ...common }),
    z.strictObject({ mode: z.literal("perBot"), bots, ...common }),
    z.strictObject({ mode: z.literal("given"), addresses: known(givenAddresses(environment)), reason }),
  ] as const;
  const unknownMode = "must be natPerZone, perBot or given";
  return problemsBy(z.discriminatedUnion("mode", modes, unknownMode), { ...args }, "EgressAddresses");
}
