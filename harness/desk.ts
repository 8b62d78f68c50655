import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openKey } from "pulumi-exchange-keys/client";
import { parse } from "yaml";
import { z } from "zod";
import type { StartedSandbox } from "../sandbox/start";
import { root } from "../scripts/setup/paths";
import type { Credentials } from "./bot";
import { callSandbox } from "./call-sandbox";

const declared = {
  account: z.string(),
  name: z.string().optional(),
  bot: z.string(),
  scopes: z.array(z.string()),
  addresses: z.string(),
};

const configSchema = z.object({
  config: z.object({
    "exchange-keys:owner": z.string(),
    "exchange-keys:accounts": z.record(z.string(), z.object({ exchange: z.string() })),
    "desk:publish": z.string(),
    "desk:addresses": z.record(z.string(), z.array(z.string())),
    "desk:seal": z.string(),
    "desk:keys": z.record(z.string(), z.object({ ...declared, subAccount: z.string() })),
    "desk:adopted": z.record(z.string(), z.object({ ...declared, subAccount: z.string().default("master") })).default({}),
  }),
});

/** The configuration of the stack that `npm run demo` plays with. */
export const sandboxConfigFile = join(root, "stacks", "Pulumi.sandbox.yaml");

/** A bot of a stack: which key it expects, and where it calls from. */
export interface Bot {
  /** Of its resource. */
  readonly name: string;
  readonly exchange: string;
  readonly subAccount: string;
  readonly bot: string;
  readonly scopes: readonly string[];
  readonly address: string;
  /** All that its key lets in. */
  readonly ipWhitelist: readonly string[];
  /** Sealing reference of its key. */
  readonly sealedBy: string;
  /** A person makes its key, and seals it by this reference. Absent where the key is issued. */
  readonly adoptedBy?: string;
  readonly document: string;
  readonly identity: Parameters<typeof openKey>[0]["expect"];
}

/** The bots that a stack's configuration declares. */
export async function readBots(configFile: string): Promise<readonly Bot[]> {
  const { config } = configSchema.parse(parse(await readFile(configFile, "utf8")));
  const seal = sealOf(config);
  return [
    ...Object.entries(config["desk:keys"]).map(([name, key]) => botOf(name, key, config)),
    ...Object.entries(config["desk:adopted"]).map(([name, key]) => ({ ...botOf(name, key, config), adoptedBy: seal })),
  ];
}

type Config = z.output<typeof configSchema>["config"];

function sealOf(config: Config): string {
  return config["desk:seal"].replace(/^local:\/\/(?!\/)/, `local://${root}/`);
}

function botOf(resource: string, key: Config["desk:keys"][string], config: Config): Bot {
  const { account, subAccount, bot, scopes, addresses, name = resource } = key;
  const exchange = config["exchange-keys:accounts"][account]?.exchange ?? "";
  const identity = { owner: config["exchange-keys:owner"], bot, exchange, account, subAccount, name };
  const ipWhitelist = config["desk:addresses"][addresses] ?? [];
  const document = resolve(root, config["desk:publish"], `${name}.json`);
  const address = ipWhitelist[0] ?? "";
  return {
    name: resource,
    exchange,
    subAccount,
    bot,
    scopes,
    address,
    ipWhitelist,
    sealedBy: sealOf(config),
    document,
    identity,
  };
}

/** Opens the published document as the bot would, and calls the exchange. */
export class Desk {
  constructor(
    readonly bots: readonly Bot[],
    private readonly sandbox: StartedSandbox,
  ) {}

  async open(bot: Bot, use: "current" | "previous" = "current"): Promise<Credentials & { readonly serial: number }> {
    const now = await this.now();
    const { document, identity: expect, sealedBy } = bot;
    return await openKey({ document, expect, sealedBy, use, now: () => new Date(now), environment: "sandbox" });
  }

  /** @returns "accepted", or the name of ccxt's error */
  async call(bot: Bot, credentials: Credentials, from = bot.address): Promise<string> {
    return await callSandbox(this.sandbox, { exchange: bot.exchange, credentials, from });
  }

  private async now(): Promise<number> {
    return Date.parse((await this.sandbox.control.clock()).now);
  }
}
