import { z } from "zod";
import { NAME_HINT, NAME_PATTERN } from "../core/settings";
import { known, type Problem, problemsBy } from "../core/shape";
import { type KeyRoles, keyPolicy } from "./key-policy";
import { type IamArn, parseIamArn } from "./policy";

/** AWS's limit for a key policy, in bytes. */
const POLICY_BYTES = 32_768;

function arns(kinds: readonly IamArn["kind"][]): z.ZodType {
  const message = `is not the ARN of a ${kinds.join(" or ")}, such as arn:aws:iam::123456789012:role/desk/deployer`;
  const fits = (text: string): boolean => {
    const kind = parseIamArn(text)?.kind;
    return kind !== undefined && kinds.includes(kind);
  };
  return known(z.array(known(z.string("must be a text").refine(fits, message)), "is required"));
}

function some(list: z.ZodType, why: string): z.ZodType {
  return z.unknown().superRefine((value, context) => {
    if (Array.isArray(value) && value.length === 0) context.addIssue({ code: "custom", message: why });
    for (const issue of list.safeParse(value).error?.issues ?? [])
      context.addIssue({ code: "custom", message: issue.message, path: issue.path });
  });
}

const between = (least: number, most: number): z.ZodType => {
  const message = `must be a whole number from ${least} to ${most}`;
  return z.int(message).min(least, message).max(most, message);
};

const keyArgs = z.strictObject({
  alias: z
    .string()
    .regex(
      /^(?!alias\/|aws\/)[A-Za-z0-9/_-]{1,250}$/,
      "must be letters, digits, / _ and -, without alias/ before it; aws/ is AWS's own",
    )
    .optional(),
  administrators: some(arns(["role", "user", "root"]), "names nobody: a key without an administrator can never be changed again"),
  sealers: some(arns(["role", "user"]), "names nobody: the role that runs `pulumi up` has to seal"),
  openers: arns(["role"]),
  protect: z.boolean().optional(),
  deletionWindowInDays: between(7, 30).optional(),
  rotationPeriodInDays: between(90, 2560).optional(),
  tags: z.record(z.string(), known(z.string())).optional(),
});

/** Everything that is wrong with the arguments of SealingKey. Unknown values are let through. */
export function keyProblems(args: object, owner: string): readonly Problem[] {
  const problems = problemsBy(keyArgs, { ...args }, "SealingKey");
  if (problems.length > 0) return problems;
  const lists = args as Record<"administrators" | "sealers" | "openers", unknown>;
  const [administrators, sealers, openers] = [lists.administrators, lists.sealers, lists.openers].map(textsOf);
  return roleProblems({ owner, administrators: administrators ?? [], sealers: sealers ?? [], openers: openers ?? [] });
}

function textsOf(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((item) => typeof item === "string") : [];
}

function roleProblems(roles: KeyRoles): readonly Problem[] {
  const { administrators, sealers, openers } = roles;
  const bytes = Buffer.byteLength(JSON.stringify(keyPolicy(roles)));
  return [
    ...openers.flatMap((role, index): readonly Problem[] => {
      const property = `openers[${index}]`;
      const other = [sealers.includes(role) && "seal", administrators.includes(role) && "administer the key"].filter(Boolean);
      return [
        ...other.map((act) => ({ property, reason: `may ${act} as well: who opens secrets must be nobody who can ${act}` })),
        ...(openers.indexOf(role) < index ? [{ property, reason: `repeats openers[${openers.indexOf(role)}]` }] : []),
      ];
    }),
    ...(bytes > POLICY_BYTES
      ? [{ property: "openers", reason: `make a key policy of ${bytes} bytes; AWS takes ${POLICY_BYTES}: use a second key` }]
      : []),
  ];
}

const botArgs = z.strictObject({
  bot: z.string().regex(NAME_PATTERN, `must be ${NAME_HINT}`),
  role: known(
    z.string("is required: without a role a bot opens nothing").refine((text) => parseIamArn(text)?.kind === "role", {
      message: "is not the ARN of a role, such as arn:aws:iam::123456789012:role/bots/mm-1",
    }),
  ),
  key: z.unknown().optional(),
  documents: known(z.array(known(z.string("must be a text")))).optional(),
});

/** Everything that is wrong with the arguments of BotAccess. Unknown values are let through. */
export function botProblems(args: object): readonly Problem[] {
  return problemsBy(botArgs, { ...args }, "BotAccess");
}
