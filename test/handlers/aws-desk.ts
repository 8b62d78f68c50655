import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { openKey } from "../../providers/src/client";
import { identityOf, type ScheduledApiKeyInputs } from "../../providers/src/core/inputs";
import type { ApiKeyOutputs } from "../../providers/src/core/record";
import * as handler from "../../providers/src/handlers/api-key";
import { type StartedSandbox, startSandbox } from "../../sandbox/start";
import type { Moto } from "../../scripts/moto";
import { FakeAws } from "../aws-api/fake-aws";
import { motoOrSkip } from "../seal/moto";
import { checked, configured, DECLARED, type Properties } from "./world";

export type Inputs = Properties & ScheduledApiKeyInputs;
export type State = Properties & ApiKeyOutputs;

export const REGION = "eu-west-1";

/** What the host adds to every failure that carries an id, and the engine then stores. */
interface Recorded {
  readonly properties?: State;
}

/** A desk whose keys, documents and parent credentials lie in AWS, beside an exchange on this machine; one key of it goes through its life. */
export class AwsDesk {
  declared: Properties = {};
  readonly id = "bybit/one/100001/mm";
  private recorded: State | undefined;

  private constructor(
    readonly folder: string,
    readonly moto: Moto,
    readonly sandbox: StartedSandbox,
  ) {}

  /** Call it in `before`, and {@link stop} in `after`. Skips the suite where AWS cannot be emulated. */
  static async start(context: Mocha.Context): Promise<AwsDesk> {
    const moto = await motoOrSkip(context);
    const folder = await mkdtemp(join(tmpdir(), "exchange-keys-custody-"));
    const sandbox = await startSandbox({ dir: join(folder, "sandbox"), rateScale: 1000 });
    process.env.EXCHANGE_KEYS_SANDBOX = join(folder, "sandbox", "sandbox.json");
    process.env.AWS_ENDPOINT_URL = moto.endpoint;
    const desk = new AwsDesk(folder, moto, sandbox);
    await desk.furnish();
    return desk;
  }

  async stop(): Promise<void> {
    for (const name of ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KMS", "EXCHANGE_KEYS_SANDBOX"]) delete process.env[name];
    await this.sandbox.stop();
    await this.moto.stop();
    await configured({});
    await rm(this.folder, { recursive: true, force: true });
  }

  /** For any AWS client that a test makes. */
  get options() {
    const credentials = { accessKeyId: "a", secretAccessKey: "a" };
    return { region: REGION, endpoint: this.moto.endpoint, credentials };
  }

  get journal(): string {
    return join(this.folder, "journal");
  }

  /** What the engine would keep. */
  get state(): State {
    if (this.recorded === undefined) throw new Error("nothing was created");
    return this.recorded;
  }

  /** The stack's configuration, with these accounts. */
  async configure(accounts: Properties): Promise<void> {
    const journal = JSON.stringify({ folder: this.journal, stack: "custody" });
    await configured({ environment: "sandbox", owner: "desk", accounts: JSON.stringify(accounts), journal });
  }

  parentFile(exchange: string, field: string): string {
    return join(this.folder, "sandbox", "parents", `${exchange}.${field}`);
  }

  async create(changes: Properties = {}): Promise<void> {
    this.declared = { ...this.declared, ...changes };
    const inputs = (await checked(this.declared)) as Inputs;
    const { outs } = await handler.create(inputs);
    this.recorded = { ...outs, __provider: inputs.__provider } as State;
  }

  /** One `up` over what is recorded; a failure is recorded as the engine would, and passed on. */
  async update(changes: Properties = {}): Promise<void> {
    this.declared = { ...this.declared, ...changes };
    const inputs = (await checked(this.declared, this.state)) as Inputs;
    try {
      const { outs } = await handler.update(this.id, this.state, inputs);
      this.recorded = { ...outs, __provider: inputs.__provider } as State;
    } catch (error) {
      this.recorded = (error as Recorded).properties ?? this.recorded;
      throw error;
    }
  }

  /** The key as its bot opens it. */
  bot(use: "current" | "previous" = "current") {
    return openKey({
      document: String(this.declared.publish),
      expect: identityOf(this.declared as Inputs),
      sealedBy: String(this.declared.seal),
      environment: "sandbox",
      use,
      now: () => new Date(0),
    });
  }

  /** Public ids of every key that the exchange honours. */
  async living(): Promise<readonly string[]> {
    return (await this.sandbox.control.keys()).map(({ apiKey }) => apiKey).sort();
  }

  /** Does something while KMS, and nothing else, answers with an error. */
  async whileKmsAnswers(error: string, act: (kms: FakeAws) => Promise<void>): Promise<void> {
    const kms = await FakeAws.start(() => ({ status: 400, error }));
    process.env.AWS_ENDPOINT_URL_KMS = kms.endpoint;
    try {
      await act(kms);
    } finally {
      delete process.env.AWS_ENDPOINT_URL_KMS;
      await kms.stop();
    }
  }

  private async furnish(): Promise<void> {
    const kms = new KMSClient(this.options);
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    await kms.send(new CreateAliasCommand({ AliasName: "alias/bots", TargetKeyId: KeyMetadata?.KeyId }));
    const field = async (name: string): Promise<string> => (await readFile(this.parentFile("bybit", name), "utf8")).trim();
    const SecretString = JSON.stringify({ apiKey: await field("apiKey"), secret: await field("secret") });
    await new SecretsManagerClient(this.options).send(new CreateSecretCommand({ Name: "desk/parents/bybit", SecretString }));
    const reference = (name: string): string => `awssm:desk/parents/bybit?region=${REGION}#${name}`;
    await this.configure({
      one: { exchange: "bybit", credentials: { apiKey: reference("apiKey"), secret: reference("secret") } },
    });
    const seal = `awskms://alias/bots?region=${REGION}`;
    this.declared = { ...DECLARED, seal, publish: `ssm:///desk/bots/mm-1?region=${REGION}`, ipWhitelist: ["127.0.10.1"] };
  }
}
