import { resolve } from "node:path";
import { type Config, RunError } from "@pulumi/pulumi";
import type { Scope } from "pulumi-exchange-keys";
import type * as aws from "pulumi-exchange-keys/aws";
import { z } from "zod";

const text = z.string().min(1);

const declared = {
  account: text,
  name: text.exactOptional(),
  bot: text,
  purpose: text,
  scopes: z.array(text.transform((scope) => scope as Scope)),
  /** A name in `desk:addresses`, or `egress`. */
  addresses: text,
  tags: z.record(text, text).exactOptional(),
};

/** What a component takes, but for what the program adds. The component itself names everything that is wrong with it. */
function argumentsOf<T extends object>(): z.ZodType<T> {
  return z.custom<T>((value) => typeof value === "object" && value !== null && !Array.isArray(value), "must be a section");
}

type Added = "addresses" | "after";
type RoutesArgs = Omit<aws.NewVpcRoutes, Added> | Omit<aws.ExistingVpcRoutes, Added> | Omit<aws.InstanceRoutes, Added>;

/** What keys name as their `addresses` when they call from those of `desk:egress`. */
const EGRESS = "egress";

/** Shapes only: what a key may be is decided by the provider's check, which names every problem at once. */
const deskSchema = z.strictObject({
  /** Sealing reference; a relative `local://` path is taken from the project's folder. Not beside `sealingKey`. */
  seal: text.optional(),
  /** A KMS key of this stack: `SealingKey`, whose openers are the roles of `bots`. */
  sealingKey: argumentsOf<Omit<aws.SealingKeyArgs, "openers">>().optional(),
  /** Addresses of this stack: `EgressAddresses`. */
  egress: argumentsOf<aws.EgressAddressesArgs>().optional(),
  /** How bots call from them: `EgressRoutes`. */
  routes: argumentsOf<RoutesArgs>().optional(),
  /** Bot → ARN of the role that it runs as. */
  bots: z.record(text, z.strictObject({ role: text })).default({}),
  /** Where sealed documents go: `ssm:///path?region=…`, `s3://bucket/folder?region=…`, or a folder, from the project's folder if relative. */
  publish: text,
  /** Name → addresses that bots call from. */
  addresses: z.record(text, z.array(text)).default({}),
  keys: z.record(
    text,
    z.strictObject({
      ...declared,
      subAccount: text,
      rotate: z.strictObject({ every: text, overlap: text, trigger: text.exactOptional() }).exactOptional(),
      exclusive: z.boolean().exactOptional(),
      /** How long a version lives, such as `30d`, on exchanges that let one choose. */
      lifetime: text.exactOptional(),
      /** Public half of the bot's own key pair, PEM, where the exchange takes one. */
      publicKey: text.exactOptional(),
      replaceAtOnce: z.boolean().exactOptional(),
    }),
  ),
  /** Keys that a person makes and `exchange-keys adopt` seals. */
  adopted: z.record(
    text,
    z.strictObject({
      ...declared,
      subAccount: text.exactOptional(),
      otherPermissions: z.array(text).exactOptional(),
      maxAge: text.exactOptional(),
      onOverdue: z.enum(["error", "warn"]).exactOptional(),
      withdrawEnabledAt: text.exactOptional(),
      verifyFrom: z.array(text).exactOptional(),
    }),
  ),
});

export type Desk = z.infer<typeof deskSchema>;

const TEXTS = ["seal", "publish"] as const;
const SECTIONS = ["sealingKey", "egress", "routes", "bots", "addresses", "keys"] as const;

/** What `desk:*` declares. @throws RunError naming every key that is wrong */
export function deskConfig(config: Config): Desk {
  const found: Readonly<Record<string, unknown>> = Object.fromEntries([
    ...TEXTS.map((name) => [name, config.get(name)]),
    ...SECTIONS.map((section) => [section, config.getObject(section)]),
    ["adopted", config.getObject("adopted") ?? {}],
  ]);
  const result = deskSchema.safeParse(found);
  const problems = [
    ...sealProblems(found),
    ...(result.success ? crossProblems(result.data) : result.error.issues.map(showIssue)),
  ];
  if (!result.success || problems.length > 0) {
    throw new RunError(`the stack's configuration cannot be used:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  }
  const { seal, publish } = result.data;
  return {
    ...result.data,
    seal: seal?.replace(/^local:\/\/(?!\/)(.+)$/, (_, path: string) => `local://${resolve(path)}`),
    publish: /^(?:ssm|s3):\/\//.test(publish) ? publish : `file://${resolve(publish)}`,
  };
}

/** Every key of a desk, issued or adopted, with its section. */
function allKeys(desk: Desk): readonly (readonly [string, string, Desk["keys"][string] | Desk["adopted"][string]])[] {
  return (["keys", "adopted"] as const).flatMap((section) =>
    Object.entries(desk[section]).map(([name, key]) => [section, name, key] as const),
  );
}

/** Where the sealed document of the key of this name is published. */
export function documentAt({ publish }: Desk, name: string): string {
  const [folder = "", query] = publish.split("?");
  const file = folder.startsWith("ssm://") ? name : `${name}.json`;
  return [`${folder.replace(/\/$/, "")}/${file}`, ...(query === undefined ? [] : [query])].join("?");
}

/** The same for all keys of a bot. */
export function documentsOf(desk: Desk, bot: string): string[] {
  const own = allKeys(desk).filter(([, , key]) => key.bot === bot);
  return own.map(([, name, key]) => documentAt(desk, key.name ?? name));
}

/** The components for AWS. Loaded only when a stack declares one: a desk without AWS need not install its package. */
export function loadAws(): typeof aws {
  return require("pulumi-exchange-keys/aws");
}

function sealProblems({ seal, sealingKey }: Readonly<Record<string, unknown>>): readonly string[] {
  if (seal === undefined && sealingKey === undefined) return ["desk:seal: is required, or desk:sealingKey"];
  return seal !== undefined && sealingKey !== undefined ? ["desk:seal: is not used beside desk:sealingKey"] : [];
}

/** What is wrong between sections. */
function crossProblems(desk: Desk): readonly string[] {
  const { sealingKey, egress, routes, addresses } = desk;
  const places = [...(egress === undefined ? [] : [EGRESS]), ...Object.keys(addresses)];
  const problems: (string | false)[] = [
    routes !== undefined && egress === undefined && "desk:routes: need desk:egress, the addresses to route from",
    egress !== undefined && EGRESS in addresses && `desk:addresses.${EGRESS}: is the name of those in desk:egress`,
  ];
  for (const [section, name, key] of allKeys(desk)) {
    const at = `desk:${section}.${name}`;
    if (!places.includes(key.addresses))
      problems.push(`${at}.addresses: "${key.addresses}" is not in desk:addresses (${places.join(", ")})`);
    if (sealingKey !== undefined && desk.bots[key.bot] === undefined)
      problems.push(`${at}.bot: "${key.bot}" has no role in desk:bots, so it could not open its key`);
  }
  return problems.filter((problem) => problem !== false);
}

function showIssue(issue: z.core.$ZodIssue): string {
  return `desk:${issue.path.map(String).join(".")}: ${issue.message}`;
}
