import { adoptArguments } from "../harness/adopt-arguments";
import { exchangeKeys } from "../harness/command";
import type { Bot } from "../harness/desk";
import type { LivingKey } from "../sandbox/exchange";
import type { StartedSandbox } from "../sandbox/start";

/** What a person ticks on the page for the keys of the stack, in the words of the page. */
const BOXES: Readonly<Record<string, readonly string[]>> = {
  coinbase: ["view", "trade"],
  coinbaseexchange: ["view", "trade"],
};

/** Somebody with a browser for the exchanges' pages and a terminal beside it. */
export class Person {
  constructor(
    private readonly sandbox: StartedSandbox,
    private readonly env: Readonly<Record<string, string>>,
  ) {}

  /** Makes a key for a bot on the exchange's page. */
  async make({ exchange, subAccount, name, ipWhitelist }: Bot): Promise<LivingKey> {
    const permissions = BOXES[exchange];
    if (permissions === undefined) throw new Error(`${name}: demo/person.ts does not say what a person ticks at ${exchange}`);
    const made = { subAccount, label: name, permissions: [...permissions], ips: [...ipWhitelist] };
    return await this.sandbox.control.addKey(exchange, made);
  }

  /** Ticks more than was declared, on the exchange's page. */
  async widen({ exchange }: Bot, apiKey: string): Promise<void> {
    await this.sandbox.control.editKey(exchange, apiKey, { permissions: [...(BOXES[exchange] ?? []), "transfer"] });
  }

  /** Unticks it again. */
  async correct({ exchange }: Bot, apiKey: string): Promise<void> {
    await this.sandbox.control.editKey(exchange, apiKey, { permissions: [...(BOXES[exchange] ?? [])] });
  }

  /** Deletes a key on the exchange's page. */
  async remove({ exchange }: Bot, apiKey: string): Promise<void> {
    await this.sandbox.control.removeKey(exchange, apiKey);
  }

  /** Pastes the key that the page shows once into `exchange-keys adopt`. @returns the command, which holds no secret, and its answer */
  async adopt(bot: Bot, { apiKey, createdAt }: LivingKey): Promise<{ readonly command: string; readonly answer: string }> {
    const known = await this.sandbox.control.secrets();
    const fields = (["secret", "passphrase"] as const).map((kind) =>
      known.find((one) => one.apiKey === apiKey && one.kind === kind),
    );
    const lines = fields.flatMap((field) => (field === undefined ? [] : [field.value]));
    const args = adoptArguments(bot, createdAt);
    const answer = await exchangeKeys(args, { env: this.env, lines: [apiKey, ...lines] });
    return { command: `exchange-keys ${args.join(" ")}`, answer };
  }
}
