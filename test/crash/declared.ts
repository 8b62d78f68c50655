import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import { sandboxConfigFile } from "../../harness/desk";
import { effectiveScopes } from "../../providers/src/core/scopes";
import type { Scope } from "../../providers/src/core/words";
import { descriptorOf } from "../../providers/src/exchanges/registry";
import type { Phase } from "./points";

const template = z.object({
  config: z.record(z.string(), z.unknown()).and(
    z.object({
      "exchange-keys:accounts": z.record(z.string(), z.object({ exchange: z.string() })),
      "desk:keys": z.record(z.string(), z.looseObject({ account: z.string(), subAccount: z.string() })),
    }),
  ),
  encryptionsalt: z.string(),
});

/** One exchange's part of the sandbox stack: an account, and a key of it to make others like. */
export interface Model {
  readonly exchange: string;
  readonly key: { readonly account: string; readonly subAccount: string };
}

/** A key of the chain. */
export interface ChainKey {
  readonly name: string;
  readonly exchange: string;
  readonly subAccount: string;
  readonly model: Model;
}

export interface Template {
  readonly models: readonly Model[];
  readonly config: Readonly<Record<string, unknown>>;
  readonly encryptionsalt: string;
}

/** The sandbox stack, of which the first key of each exchange that issues any is the model. */
export async function readTemplate(): Promise<Template> {
  const { config, encryptionsalt } = template.parse(parse(await readFile(sandboxConfigFile, "utf8")));
  const models = new Map<string, Model>();
  for (const key of Object.values(config["desk:keys"])) {
    const exchange = config["exchange-keys:accounts"][key.account]?.exchange ?? "";
    if (!models.has(exchange)) models.set(exchange, { exchange, key });
  }
  return { models: [...models.values()], config, encryptionsalt };
}

/** The sub-account `offset` after the model's, named as that exchange names them. */
export function keyLike(model: Model, offset: number): ChainKey {
  const subAccount = model.key.subAccount.replace(/[0-9]{3,}/, (digits) =>
    String(BigInt(digits) + BigInt(offset)).padStart(digits.length, "0"),
  );
  return { name: `${model.exchange}-${offset}`, exchange: model.exchange, subAccount, model };
}

/** Where bots call from, phase by phase: they move between widening and narrowing. */
const HOUSES = { old: ["127.0.10.1"], both: ["127.0.10.1", "127.0.10.2"], fresh: ["127.0.10.2"] } as const;

function houseIn(phase: Phase): keyof typeof HOUSES {
  if (phase === "create" || phase === "update") return "old";
  return phase === "widen" ? "both" : "fresh";
}

/** The address that a bot calls from while the run of a phase is under way. */
export function addressIn(phase: Phase): string {
  return phase === "create" || phase === "update" || phase === "widen" ? HOUSES.old[0] : HOUSES.fresh[0];
}

/** At first a key can only read, which every exchange knows; an update adds the least that trading takes there. */
function scopesIn(phase: Phase, { exchange }: Model): readonly Scope[] {
  if (phase === "create") return ["read"];
  const plan = effectiveScopes(descriptorOf(exchange).grants.value, ["read", "spot"]);
  return plan.kind === "exact" ? plan.effective : ["read", "spot", ...plan.additions];
}

/** A key has leaked: what bots use now is superseded at once. */
const LEAKED = { rotate: { every: "30d", overlap: "0", trigger: "leaked" } };

/** What a phase declares, as the text of a stack file. Deleting declares nothing. */
export function declarationOf(phase: Phase, keys: readonly ChainKey[], { folder, template }: Ground): object {
  const { config, encryptionsalt } = template;
  const rotation = phase === "incident" ? LEAKED : {};
  const declared = keys.map(({ name, subAccount, model }) => [
    name,
    {
      ...model.key,
      subAccount,
      scopes: scopesIn(phase, model),
      addresses: houseIn(phase),
      bot: name,
      purpose: "crash",
      ...rotation,
    },
  ]);
  const own = {
    "exchange-keys:revocationBudget": 100_000,
    "exchange-keys:journal": { folder: `${folder}/journal` },
    "desk:publish": `${folder}/documents`,
    "desk:seal": `local://${folder}/sealing.key`,
    "desk:addresses": HOUSES,
    "desk:adopted": {},
    "desk:keys": phase === "delete" ? {} : Object.fromEntries(declared),
  };
  return { config: { ...config, ...own }, encryptionsalt };
}

export interface Ground {
  readonly folder: string;
  readonly template: Template;
}
