import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openKey } from "pulumi-exchange-keys/client";
import { z } from "zod";
import { adoptArguments } from "../../harness/adopt-arguments";
import { callSandbox } from "../../harness/call-sandbox";
import { exchangeKeys } from "../../harness/command";
import type { Bot } from "../../harness/desk";
import { parentVariables } from "../../harness/parents";
import type { Stack } from "../../harness/stack";
import { unstampedText } from "../../providers/src/seal/stamp";
import { newKeyPair } from "../exchanges/key-pair";
import { bybitKey, type DeclaredKeys, okxKey } from "./declared";
import type { Stage } from "./stage";

/** A sub-account that no sandbox has at its start, and a key that a person made. */
export const MADE = { exchange: "kucoin", subAccount: "deskbot01" } as const;
export const ADOPTED = "okx-treasury";
const DEPLOYER = "127.0.0.1";

const PROJECT = join(__dirname, "programs", "with-sub-accounts");
/** What the first up makes, what the second one, days later, makes of it, and what may follow. */
const STANDS = ["first", "second", "third"] as const;
type Stand = (typeof STANDS)[number];

/**
 * One stack whose states hold all that states can hold but for deliveries, in the middle of an overlap: a lifetime, a served trigger and
 * sealed passphrases; a key pair of the bot's; an exclusive sub-account; a key without addresses; a renamed key that was published
 * elsewhere; a key that was taken over, beside a stray; a stray whose successor an edited document hid, with its passphrase; a superseded
 * version that a lost document gave one more overlap; an adopted key; a sub-account.
 */
export class FullDesk {
  /** @param privateKeys of the bot that has its own, one for each stand */
  constructor(
    readonly stage: Stage,
    readonly privateKeys: readonly string[] = STANDS.map(() => newKeyPair().privateKey),
  ) {}

  /** Public halves of those, in the same order. */
  get publicKeys(): readonly string[] {
    return this.privateKeys.map((pem) => createPublicKey(pem).export({ type: "spki", format: "pem" }).toString());
  }

  /** The stage's stack, with a program that makes sub-accounts too. */
  get stack(): Stack {
    return this.stage.stack.with({ project: PROJECT });
  }

  /** Brings everything about, from nothing. */
  async play(): Promise<void> {
    const { stage, stack } = this;
    await this.declare("first");
    await this.adopt();
    await stack.up();
    await stage.control.advance("2d");
    await stack.must("state", "delete", stage.urn("bybit-held"), "--yes");
    const before = await readState(stage);
    await this.declare("second");
    await stack.up();
    await this.leaveStray(stage.bot("bybit-held").bot);
    await this.putBack("kucoin-lasting", before);
    await rm(stage.bot("broker-alone").bot.document);
    await stack.up("--refresh");
  }

  /** Says what the next runs are to make so. */
  async declare(stand: Stand): Promise<void> {
    await this.stage.declare(this.keys(stand), {
      "exchange-keys:accounts": ACCOUNTS,
      "desk:addresses": { "market-making": ["127.0.10.1"], deployer: [DEPLOYER], none: [] },
      "desk:adopted": {
        [ADOPTED]: {
          ...okxKey("arbbot001"),
          bot: "treasury-1",
          purpose: "treasury",
          addresses: "deployer",
          verifyFrom: [DEPLOYER],
        },
      },
      "owners:declared": {
        owner: { account: "kucoin-main", name: MADE.subAccount, products: ["margin", "futures"], remark: "of the desk" },
      },
    });
  }

  /** Every bot opens what it may use, in an overlap both versions, and its exchange lets it in. */
  async assertServed(): Promise<void> {
    const { control } = this.stage;
    const now = new Date((await control.clock()).now);
    for (const { bot } of this.stage.bots) {
      const { versions } = JSON.parse(await readFile(bot.document, "utf8"));
      for (const { state: use, identity: expect = bot.identity } of versions) {
        const options = { document: bot.document, expect, now: () => now, environment: "sandbox" } as const;
        const credentials = await openKey({ ...options, use, privateKey: this.privateKeys });
        const from = bot.address === "" ? DEPLOYER : bot.address;
        const answer = await callSandbox(this.stage.sandbox, { exchange: bot.exchange, credentials, from });
        assert.equal(answer, "accepted", `${use} of ${bot.name}`);
      }
    }
  }

  private keys(stand: Stand): DeclaredKeys {
    const common = { bot: "mm-1", purpose: "market-making", addresses: "market-making" };
    const triggered = { rotate: { every: "4w", overlap: "24h", trigger: stand } };
    const publicKey = this.publicKeys[STANDS.indexOf(stand)] ?? "";
    return {
      "kucoin-lasting": {
        ...common,
        ...triggered,
        account: "kucoin-main",
        subAccount: "mmbot001",
        scopes: ["read", "spot"],
        lifetime: "90d",
      },
      "broker-alone": {
        ...common,
        ...triggered,
        account: "broker-main",
        subAccount: "485396905002",
        scopes: ["read", "futures"],
        exclusive: true,
      },
      "binance-paired": {
        ...common,
        account: "binance-main",
        subAccount: "mmbot001_virtual@sandboxnoemail.com",
        scopes: ["read", "spot", "margin"],
        publicKey,
      },
      "gate-unbound": { ...common, account: "gate-main", subAccount: "2000001", scopes: ["read"], addresses: "none" },
      "okx-renamed": { ...okxKey(), name: `okx-${stand}` },
      "bybit-held": bybitKey(),
    };
  }

  /** An older state of one key, beside a document that lost its stamp: what is newer becomes a stray. */
  private async putBack(name: string, before: State): Promise<void> {
    const { stage } = this;
    const now = await readState(stage);
    const resourceIn = ({ deployment }: State) => deployment.resources.find(({ urn }) => urn === stage.urn(name));
    Object.assign(resourceIn(now) ?? {}, resourceIn(before));
    const file = join(stage.folder, "put-back.json");
    await writeFile(file, JSON.stringify(now));
    await stage.stack.must("stack", "import", "--file", file);
    const { document } = stage.bot(name).bot;
    await writeFile(document, unstampedText(await readFile(document, "utf8")));
  }

  /** A person makes a key on the page and pastes it into `exchange-keys adopt`. */
  private async adopt(): Promise<void> {
    const { control, sandbox } = this.stage;
    const { bot } = this.stage.bot(ADOPTED);
    const made = { subAccount: bot.subAccount, label: "treasury", permissions: "read_only,trade", ips: [...bot.ipWhitelist] };
    const { apiKey, createdAt } = await control.addKey(bot.exchange, made);
    const own = (await control.secrets()).filter((secret) => secret.apiKey === apiKey).map(({ value }) => value);
    const folder = join(sandbox.files.ca, "..");
    const env = { EXCHANGE_KEYS_SANDBOX: join(folder, "sandbox.json"), ...(await parentVariables(folder)) };
    await exchangeKeys(adoptArguments(bot, createdAt), { env, lines: [apiKey, ...own] });
  }

  /** A key under the label of the bot's, which neither state nor document knows. */
  private async leaveStray({ exchange, subAccount, ipWhitelist }: Bot): Promise<void> {
    const { control } = this.stage;
    const ours = (await control.keys(exchange)).find((key) => key.subAccount === subAccount);
    const label = ours?.label.replace("0001", "0002");
    assert.ok(label !== undefined);
    await control.addKey(exchange, { subAccount, label, ips: [...ipWhitelist] });
  }
}

const state = z.looseObject({ deployment: z.looseObject({ resources: z.array(z.looseObject({ urn: z.string() })) }) });
type State = z.output<typeof state>;

async function readState({ stack }: Stage): Promise<State> {
  return state.parse(JSON.parse((await stack.must("stack", "export")).stdout));
}

const ACCOUNTS = Object.fromEntries(
  ["binance", "bybit", "gate", "kucoin", "okx", "broker"].map((name) => {
    const exchange = name === "broker" ? "binancebroker" : name;
    const reference = (field: string) => `env:SANDBOX_${exchange.toUpperCase()}_${field}`;
    const passphrase = ["kucoin", "okx"].includes(exchange) ? { passphrase: reference("PASSPHRASE") } : {};
    return [
      `${name}-main`,
      { exchange, credentials: { apiKey: reference("API_KEY"), secret: reference("SECRET"), ...passphrase } },
    ];
  }),
);
