import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Credentials } from "../../harness/bot";
import { callSandbox } from "../../harness/call-sandbox";
import { type OpenedKey, type OpenOptions, openKey } from "../../providers/src/client";
import type { ScheduledApiKeyInputs } from "../../providers/src/core/inputs";
import type { ApiKeyOutputs } from "../../providers/src/core/record";
import { effectiveScopes } from "../../providers/src/core/scopes";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";
import * as handler from "../../providers/src/handlers/api-key";
import { type StartedSandbox, startSandbox } from "../../sandbox/start";
import { configured, type Properties } from "../handlers/world";

export const ADDRESS = "127.0.10.1";

type Inputs = Properties & ScheduledApiKeyInputs;

/** One key of one exchange, driven by the calls that the engine makes. */
export class Life {
  state: (Properties & ApiKeyOutputs) | undefined;
  inputs: Inputs | undefined;
  id = "";
  printed = "";

  constructor(
    readonly descriptor: Descriptor,
    private readonly place: { readonly sandbox: StartedSandbox; readonly folder: string },
    readonly declared: Properties,
  ) {}

  get sandbox(): StartedSandbox {
    return this.place.sandbox;
  }

  get folder(): string {
    return this.place.folder;
  }

  /** Of an exchange that issues keys. */
  static async begin(descriptor: Descriptor): Promise<Life> {
    const { id } = descriptor;
    const folder = await mkdtemp(join(tmpdir(), "exchange-keys-contract-"));
    const dir = join(folder, "sandbox");
    const sandbox = await startSandbox({ dir, rateScale: 1000, seed: 7 });
    process.env.EXCHANGE_KEYS_SANDBOX = join(dir, "sandbox.json");
    const references = descriptor.credentials.map((field) => [field, `file:${join(dir, "parents", `${id}.${field}`)}`]);
    const accounts = { main: { exchange: id, credentials: Object.fromEntries(references) } };
    const journal = JSON.stringify({ folder: join(folder, "journal") });
    await configured({ environment: "sandbox", owner: "desk", accounts: JSON.stringify(accounts), journal });
    const subAccount = sandbox.files.subAccounts[id]?.[0] ?? "";
    return new Life(descriptor, { sandbox, folder }, { ...declaredFor(descriptor), subAccount, ...placesIn(folder) });
  }

  async end(): Promise<void> {
    delete process.env.EXCHANGE_KEYS_SANDBOX;
    await this.sandbox.stop();
    await configured({});
    await rm(this.folder, { recursive: true, force: true });
  }

  async check(changes: Properties = {}): Promise<Inputs> {
    const { inputs, failures } = await handler.check(this.inputs ?? {}, { ...this.declared, ...changes });
    assert.deepEqual(failures ?? [], []);
    return inputs as Inputs;
  }

  /** @returns false when there was nothing to do */
  async up(changes: Properties = {}): Promise<boolean> {
    const inputs = await this.check(changes);
    if (this.state === undefined) {
      const { id, outs } = await handler.create(inputs);
      this.id = id;
      this.state = outs as Properties & ApiKeyOutputs;
    } else {
      if ((await handler.diff(this.id, this.state, inputs)).changes !== true) return false;
      this.state = (await handler.update(this.id, this.state, inputs)).outs as Properties & ApiKeyOutputs;
    }
    this.inputs = inputs;
    this.printed += JSON.stringify([this.state, this.inputs]);
    return true;
  }

  async refresh(): Promise<void> {
    assert.ok(this.state);
    const read = await handler.read(this.id, this.state);
    assert.notEqual(read.id, "", "the key is not gone");
    this.state = read.props as Properties & ApiKeyOutputs;
    this.printed += JSON.stringify(read);
  }

  /** Takes it out of the program. */
  async remove(): Promise<void> {
    assert.ok(this.state);
    await handler.delete(this.id, this.state);
    this.state = undefined;
    this.inputs = undefined;
  }

  async open(given: Pick<OpenOptions, "privateKey" | "use"> = {}): Promise<OpenedKey> {
    const { owner, bot, exchange, account, subAccount, name, publish } = this.declared as Record<string, string>;
    const expect = {
      owner: owner ?? "",
      bot: bot ?? "",
      exchange: exchange ?? "",
      account: account ?? "",
      subAccount: subAccount ?? "",
      name: name ?? "",
    };
    const now = Date.parse((await this.sandbox.control.clock()).now);
    return await openKey({ document: publish ?? "", expect, now: () => new Date(now), environment: "sandbox", ...given });
  }

  call(credentials: Credentials, from = ADDRESS): Promise<string> {
    return callSandbox(this.sandbox, { exchange: this.descriptor.id, credentials, from });
  }

  async living(): Promise<readonly string[]> {
    return (await this.sandbox.control.keys(this.descriptor.id)).map((key) => key.apiKey);
  }
}

function declaredFor({ id, grants, label }: Descriptor): Properties {
  const plan = effectiveScopes(grants.value, ["read", "spot"]);
  return {
    environment: "sandbox",
    owner: "desk",
    exchange: id,
    account: "main",
    name: "mm",
    bot: "mm-1",
    purpose: "market-making",
    ...(label.value === "none" ? { exclusive: true } : {}),
    scopes: plan.kind === "exact" ? plan.effective : ["read", "spot", ...plan.additions],
    ipWhitelist: [ADDRESS],
    rotate: { every: "30d", overlap: "24h" },
  };
}

function placesIn(folder: string): Properties {
  return { seal: `local://${join(folder, "seal.key")}`, publish: `file://${join(folder, "mm.json")}` };
}
