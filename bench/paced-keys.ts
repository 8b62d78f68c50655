import { join } from "node:path";
import { z } from "zod";
import { effectiveScopes } from "../providers/src/core/scopes";
import type { Scope } from "../providers/src/core/words";
import { descriptorOf } from "../providers/src/exchanges/registry";
import { sandboxConfig } from "./sandbox-stack";

const modelKey = z.looseObject({ account: z.string(), subAccount: z.string(), exclusive: z.boolean().optional() });
const template = z.looseObject({
  "exchange-keys:accounts": z.record(z.string(), z.looseObject({ exchange: z.string() })),
  "desk:keys": z.record(z.string(), modelKey),
});

/** An exchange that issues keys, and one of the sandbox stack's to make others like. */
export interface PacedExchange {
  readonly id: string;
  readonly model: z.output<typeof modelKey>;
}

export interface PacedKeys {
  readonly folder: string;
  readonly keys: number;
  readonly trigger?: string;
}

/** Where the exchange's quota takes as many. */
const KEYS_PER_SUB_ACCOUNT = 5;

/** A rotating key has so many versions for a while, at most. */
const VERSIONS = 3;

/** By id, the first key of each in the sandbox stack. */
export async function pacedExchanges(): Promise<ReadonlyMap<string, PacedExchange>> {
  const config = template.parse((await sandboxConfig()).config);
  const found = new Map<string, PacedExchange>();
  for (const model of Object.values(config["desk:keys"])) {
    const id = config["exchange-keys:accounts"][model.account]?.exchange ?? "";
    if (!found.has(id)) found.set(id, { id, model });
  }
  return found;
}

/** Where keys carry no label, each has a sub-account of its own. */
export function keysPerSubAccount({ id, model }: PacedExchange): number {
  const quota = Math.floor(descriptorOf(id).limits.keysPerSubAccount.value / VERSIONS);
  return model.exclusive === true ? 1 : Math.min(KEYS_PER_SUB_ACCOUNT, quota);
}

/** The sub-accounts of so many keys. */
export function subAccountsOf(exchange: PacedExchange, keys: number): ReadonlySet<string> {
  return new Set(Array.from({ length: keys }, (_, index) => subAccountOf(exchange, index)));
}

/** Named as the exchange names them, one number after the other. */
function subAccountOf(exchange: PacedExchange, index: number): string {
  const group = Math.floor(index / keysPerSubAccount(exchange));
  const count = (digits: string): string => String(BigInt(digits) + BigInt(100 + group)).padStart(digits.length, "0");
  return exchange.model.subAccount.replace(/[0-9]{3,}/, count);
}

/** The least that lets a key trade, for which nothing has to be enabled first. */
function scopesOf({ id }: PacedExchange): readonly Scope[] {
  const plan = effectiveScopes(descriptorOf(id).grants.value, ["read", "spot"]);
  return plan.kind === "exact" ? plan.effective : ["read", "spot", ...plan.additions];
}

/** A stack of so many keys of one exchange. */
export async function pacedConfig(
  exchange: PacedExchange,
  { folder, keys, trigger }: PacedKeys,
): Promise<Record<string, unknown>> {
  const rotate = { every: "30d", overlap: "2d", ...(trigger === undefined ? {} : { trigger }) };
  const declared = Array.from({ length: keys }, (_, index) => [
    `paced-${String(index).padStart(3, "0")}`,
    { ...exchange.model, subAccount: subAccountOf(exchange, index), scopes: scopesOf(exchange), bot: `bot-${index}`, rotate },
  ]);
  const { config } = await sandboxConfig();
  return {
    ...config,
    "desk:adopted": {},
    "desk:publish": join(folder, "keys"),
    "desk:seal": `local://${join(folder, "seal.key")}`,
    "desk:keys": Object.fromEntries(declared),
  };
}
