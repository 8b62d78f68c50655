import { effectiveScopes } from "../../providers/src/core/scopes";
import { descriptorOf } from "../../providers/src/exchanges/registry";
import { keyLike, type Model, readTemplate } from "../crash/declared";
import type { DeclaredKey, DeclaredKeys } from "./declared";
import type { RunningBot } from "./running-bot";
import type { Stage } from "./stage";

/** Beyond the sub-accounts that the sandbox has at its start. */
const FIRST_OFFSET = 20;

/** Keys on every exchange that issues any, each in a sub-account of its own: what a case is about, once for each exchange. */
export class EveryExchange {
  private constructor(
    private readonly stage: Stage,
    private readonly template: { readonly models: readonly Model[]; readonly accounts: Readonly<Record<string, object>> },
    private readonly keys: Readonly<Record<string, DeclaredKey>>,
  ) {}

  /** @param cases each gives every exchange one key, called `<exchange>-<case>` */
  static async open(stage: Stage, cases: readonly string[]): Promise<EveryExchange> {
    const { models, config } = await readTemplate();
    const accounts = config["exchange-keys:accounts"] as Readonly<Record<string, object>>;
    const keys: Record<string, DeclaredKey> = {};
    for (const model of models) {
      for (const [index, name] of cases.entries()) {
        const { exchange, subAccount } = keyLike(model, FIRST_OFFSET + index);
        await stage.control.addSubAccount(exchange, subAccount);
        keys[`${exchange}-${name}`] = declared(model, subAccount);
      }
    }
    return new EveryExchange(stage, { models, accounts }, keys);
  }

  get exchanges(): readonly string[] {
    return this.template.models.map(({ exchange }) => exchange);
  }

  /** Those whose keys carry labels. */
  get labelled(): readonly string[] {
    return this.exchanges.filter((exchange) => descriptorOf(exchange).label.value !== "none");
  }

  /** Names of the keys of some cases, on every exchange. */
  named(...cases: readonly string[]): readonly string[] {
    return cases.flatMap((name) => this.exchanges.map((exchange) => `${exchange}-${name}`));
  }

  bots(...cases: readonly string[]): readonly RunningBot[] {
    return this.named(...cases).map((name) => this.stage.bot(name));
  }

  /** Declares all keys; those of some cases otherwise. */
  async declare(
    changes: Readonly<Record<string, Partial<DeclaredKey>>> = {},
    config: Readonly<Record<string, unknown>> = {},
  ): Promise<void> {
    // Each of its own: the file would hold references for what they share.
    const keys: DeclaredKeys = Object.fromEntries(
      Object.entries(this.keys).map(([name, key]) => [
        name,
        structuredClone({ ...key, ...changes[name.replace(/^[^-]+-/, "")] }),
      ]),
    );
    await this.stage.declare(keys, {
      "exchange-keys:accounts": this.template.accounts,
      "exchange-keys:revocationBudget": 1000,
      ...config,
    });
  }

  /** The accounts, each with a stamp key of its own. @param stampKey `undefined` where there is none */
  accountsWith(stampKey: (exchange: string) => string | undefined): Readonly<Record<string, object>> {
    const entries = Object.entries(this.template.accounts).map(([name, account]) => {
      const { exchange } = account as { readonly exchange: string };
      const reference = this.exchanges.includes(exchange) ? stampKey(exchange) : undefined;
      return [name, reference === undefined ? account : { ...account, stampKey: reference }] as const;
    });
    return Object.fromEntries(entries);
  }

  /** Public ids of the versions of a bot's key. */
  async living(running: RunningBot): Promise<readonly string[]> {
    return (await this.stage.living(running)).map(({ apiKey }) => apiKey);
  }
}

function declared(model: Model, subAccount: string): DeclaredKey {
  const plan = effectiveScopes(descriptorOf(model.exchange).grants.value, ["read", "spot"]);
  const scopes = plan.kind === "exact" ? plan.effective : ["read", "spot", ...plan.additions];
  return { ...(model.key as DeclaredKey), subAccount, scopes, addresses: "market-making", bot: "mm-1", purpose: "trust" };
}
