import { resolve } from "node:path";
import { type Config, RunError } from "@pulumi/pulumi";
import type { Scope } from "pulumi-exchange-keys";
import { z } from "zod";

const text = z.string().min(1);

const declared = {
  account: text,
  name: text.exactOptional(),
  bot: text,
  purpose: text,
  scopes: z.array(text.transform((scope) => scope as Scope)),
  /** A name in `desk:addresses`. */
  addresses: text,
  tags: z.record(text, text).exactOptional(),
};

/** Shapes only: what a key may be is decided by the provider's check, which names every problem at once. */
const deskSchema = z.strictObject({
  /** Sealing reference; a relative `local://` path is taken from the project's folder. */
  seal: text,
  /** Folder for sealed documents; a relative path is taken from the project's folder. */
  publish: text,
  /** Name → addresses that bots call from. */
  addresses: z.record(text, z.array(text)),
  keys: z.record(
    text,
    z.strictObject({
      ...declared,
      subAccount: text,
      rotate: z.strictObject({ every: text, overlap: text, trigger: text.exactOptional() }).exactOptional(),
      exclusive: z.boolean().exactOptional(),
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

/** What `desk:*` declares. @throws RunError naming every key that is wrong */
export function deskConfig(config: Config): Desk {
  const found = {
    seal: config.get("seal"),
    publish: config.get("publish"),
    addresses: config.getObject("addresses"),
    keys: config.getObject("keys"),
    adopted: config.getObject("adopted") ?? {},
  };
  const result = deskSchema.safeParse(found);
  const problems = result.success ? addressProblems(result.data) : result.error.issues.map(showIssue);
  if (!result.success || problems.length > 0) {
    throw new RunError(`the stack's configuration cannot be used:\n${problems.map((problem) => `  ${problem}`).join("\n")}`);
  }
  const { seal, publish } = result.data;
  return {
    ...result.data,
    seal: seal.replace(/^local:\/\/(?!\/)(.+)$/, (_, path: string) => `local://${resolve(path)}`),
    publish: resolve(publish),
  };
}

function addressProblems(desk: Desk): readonly string[] {
  const names = Object.keys(desk.addresses).join(", ");
  return (["keys", "adopted"] as const).flatMap((section) => {
    const unknown = Object.entries(desk[section]).filter(([, key]) => desk.addresses[key.addresses] === undefined);
    return unknown.map(
      ([name, key]) => `desk:${section}.${name}.addresses: "${key.addresses}" is not in desk:addresses (${names})`,
    );
  });
}

function showIssue(issue: z.core.$ZodIssue): string {
  return `desk:${issue.path.map(String).join(".")}: ${issue.message}`;
}
