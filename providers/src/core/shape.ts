import { z } from "zod";
import { parseDuration } from "./duration";
import { UNKNOWN } from "./inputs";
import { NAME_HINT, NAME_PATTERN } from "./settings";
import { shown } from "./shown";
import { ENVIRONMENTS, SCOPES } from "./words";

/** One thing that is wrong with an input. */
export interface Problem {
  /** Such as `ipWhitelist[2]`. */
  readonly property: string;
  readonly reason: string;
}

/** Lets the engine's unknown value through, and nothing else that `schema` refuses. */
export function known(schema: z.ZodType): z.ZodType {
  return z.unknown().superRefine((value, context) => {
    if (value === UNKNOWN) return;
    const result = schema.safeParse(value);
    for (const issue of result.error?.issues ?? []) {
      context.addIssue({ code: "custom", message: issue.message, path: issue.path });
    }
  });
}

/** A problem as people may see it: it may quote what is declared. */
export function shownProblem({ property, reason }: Problem): Problem {
  return { property: shown(property), reason: shown(reason) };
}

export const missing = "is required";
export const text = (label: string): z.ZodType => known(z.string(missing).min(1, `${label} must not be empty`));
export const word = known(z.string(missing).regex(NAME_PATTERN, `must be ${NAME_HINT}`));
export const duration = known(
  z
    .string(missing)
    .refine((value) => parseDuration(value) !== undefined, "must be whole hours, days or weeks, such as 24h, 30d or 4w"),
);
export const scope = known(
  z.enum(SCOPES, {
    error: ({ input }) => {
      const given = typeof input === "string" ? `, and "${shown(input)}" is none of them` : "";
      return `must be one of ${SCOPES.join(", ")}${given}`;
    },
  }),
);

export const environment = known(
  z.enum(ENVIRONMENTS, `is not declared: set exchange-keys:environment to one of ${ENVIRONMENTS.join(", ")}`),
);

const shape = z.strictObject({
  environment,
  owner: word,
  exchange: known(z.string(missing)),
  account: word,
  subAccount: text("subAccount"),
  name: word,
  bot: word,
  purpose: word,
  scopes: known(z.array(scope, missing).min(1, "must name at least one scope; there is no default")),
  ipWhitelist: known(z.array(known(z.string("must be a text")), missing)),
  rotate: known(
    z.strictObject({ every: duration, overlap: duration, trigger: known(z.string().min(1).max(64)).optional() }, missing),
  ),
  lifetime: duration.optional(),
  publicKey: text("publicKey").optional(),
  seal: text("seal"),
  publish: text("publish"),
  deliver: text("deliver").optional(),
  tags: known(z.record(z.string().min(1).max(64), known(z.string().max(128)))).optional(),
  currencyPairs: z
    .undefined("cannot be set on a key that an API makes: a person keeps a key to markets on the exchange's page (AdoptedApiKey)")
    .optional(),
  exclusive: known(z.boolean()).optional(),
  replaceAtOnce: known(z.boolean()).optional(),
});

/** Problems of form, every one with its property path. An unknown value has none. */
export function shapeProblems(inputs: Readonly<Record<string, unknown>>): readonly Problem[] {
  return problemsBy(shape, inputs, "ApiKey");
}

/** The same, by the shape of any resource. */
export function problemsBy(schema: z.ZodType, inputs: Readonly<Record<string, unknown>>, resource: string): readonly Problem[] {
  const result = schema.safeParse(inputs);
  return (result.error?.issues ?? []).flatMap((issue): readonly Problem[] => {
    if (issue.code === "unrecognized_keys")
      return issue.keys.map((key) => ({
        property: propertyPath([...issue.path, key]),
        reason: `is not an input of ${resource}`,
      }));
    return [{ property: propertyPath(issue.path), reason: issue.message }];
  });
}

/** `["ipWhitelist", 2]` → `ipWhitelist[2]`. */
export function propertyPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((all, part) => {
    if (typeof part === "number") return `${all}[${part}]`;
    return all === "" ? String(part) : `${all}.${String(part)}`;
  }, "");
}
