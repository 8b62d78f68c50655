import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateAliasCommand, CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { CreateSecretCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetParameterHistoryCommand, SSMClient } from "@aws-sdk/client-ssm";
import { openKey } from "../../providers/src/client";
import { identityOf, type ScheduledApiKeyInputs } from "../../providers/src/core/inputs";
import type { ApiKeyOutputs } from "../../providers/src/core/record";
import { effectiveScopes } from "../../providers/src/core/scopes";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import * as handler from "../../providers/src/handlers/api-key";
import { type StartedSandbox, startSandbox } from "../../sandbox/start";
import type { Moto } from "../../scripts/moto";
import { CALLER, FakeAws } from "../aws-api/fake-aws";
import { motoOrSkip } from "../seal/moto";
import { checked, configured, DECLARED, type Properties } from "./world";

type Inputs = Properties & ScheduledApiKeyInputs;
type State = Properties & ApiKeyOutputs;

const REGION = "eu-west-1";
const PARAMETER = "/desk/bots/mm-1";
const OVERRIDES = ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KMS"] as const;

describe("a key whose whole custody lies in AWS", function () {
  this.timeout(120_000);
  let folder = "";
  let moto: Moto | undefined;
  let sandbox: StartedSandbox | undefined;
  let declared: Properties = {};
  let state: State;
  const id = "bybit/one/100001/mm";

  before(async function () {
    moto = await motoOrSkip(this);
    folder = await mkdtemp(join(tmpdir(), "exchange-keys-custody-"));
    sandbox = await startSandbox({ dir: join(folder, "sandbox"), rateScale: 1000 });
    process.env.EXCHANGE_KEYS_SANDBOX = join(folder, "sandbox", "sandbox.json");
    process.env.AWS_ENDPOINT_URL = moto.endpoint;
    const options = { region: REGION, endpoint: moto.endpoint, credentials: { accessKeyId: "a", secretAccessKey: "a" } };
    const kms = new KMSClient(options);
    const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
    await kms.send(new CreateAliasCommand({ AliasName: "alias/bots", TargetKeyId: KeyMetadata?.KeyId }));
    const parent = { apiKey: await parentField("bybit", "apiKey"), secret: await parentField("bybit", "secret") };
    const SecretString = JSON.stringify(parent);
    await new SecretsManagerClient(options).send(new CreateSecretCommand({ Name: "desk/parents/bybit", SecretString }));
    const reference = (field: string): string => `awssm:desk/parents/bybit?region=${REGION}#${field}`;
    const one = { exchange: "bybit", credentials: { apiKey: reference("apiKey"), secret: reference("secret") } };
    await configured({ environment: "sandbox", owner: "desk", accounts: JSON.stringify({ one }) });
    const seal = `awskms://alias/bots?region=${REGION}`;
    declared = { ...DECLARED, seal, publish: `ssm://${PARAMETER}?region=${REGION}`, ipWhitelist: ["127.0.10.1"] };
  });
  after(async () => {
    for (const name of [...OVERRIDES, "EXCHANGE_KEYS_SANDBOX"]) delete process.env[name];
    await sandbox?.stop();
    await moto?.stop();
    await configured({});
    await rm(folder, { recursive: true, force: true });
  });

  const parentField = async (exchange: string, field: string): Promise<string> =>
    (await readFile(join(folder, "sandbox", "parents", `${exchange}.${field}`), "utf8")).trim();

  const bot = (use: "current" | "previous" = "current") =>
    openKey({
      document: String(declared.publish),
      expect: identityOf(declared as Inputs),
      sealedBy: String(declared.seal),
      environment: "sandbox",
      use,
      now: () => new Date(0),
    });

  async function update(changes: Properties = {}): Promise<void> {
    declared = { ...declared, ...changes };
    const inputs = (await checked(declared, state)) as Inputs;
    const { outs } = await handler.update(id, state, inputs);
    state = { ...outs, __provider: inputs.__provider } as State;
  }

  const living = async (): Promise<readonly string[]> =>
    ((await sandbox?.control.keys()) ?? []).map(({ apiKey }) => apiKey).sort();

  it("is planned without reaching anything", async () => {
    const endpoint = process.env.AWS_ENDPOINT_URL;
    process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:1";
    await checked(declared);
    process.env.AWS_ENDPOINT_URL = endpoint;
  });

  it("is issued by a parent from Secrets Manager, sealed by KMS, published to Parameter Store, and opened by its bot", async () => {
    const inputs = (await checked(declared)) as Inputs;
    const { outs } = await handler.create(inputs);
    state = { ...outs, __provider: inputs.__provider } as State;
    const key = await bot();
    assert.deepEqual(await living(), [key.apiKey]);
  });

  it("is rotated with an overlap in which its bot can open both versions", async () => {
    const before = await bot();
    await update({ rotate: { every: "30d", overlap: "24h", trigger: "one" } });
    const [current, previous] = [await bot(), await bot("previous")];
    assert.deepEqual([current.serial, previous.secret], [2, before.secret]);
    assert.deepEqual(await living(), [current.apiKey, previous.apiKey].sort());
    await sandbox?.control.advance("26h");
    await update();
    assert.deepEqual(await living(), [current.apiKey]);
  });

  it("leaves no secret in Parameter Store's history or in state", async () => {
    const endpoint = moto?.endpoint ?? "";
    const client = new SSMClient({ region: REGION, endpoint, credentials: { accessKeyId: "a", secretAccessKey: "a" } });
    const { Parameters = [] } = await client.send(new GetParameterHistoryCommand({ Name: PARAMETER }));
    assert.ok(Parameters.length > 4);
    const written = JSON.stringify([Parameters, state]);
    const secrets = (await sandbox?.control.secrets()) ?? [];
    assert.ok(secrets.length > 3);
    for (const { value, kind } of secrets) assert.ok(!written.includes(value), kind);
  });

  it("is revoked and its parameter removed by a delete", async () => {
    await handler.delete(id, state);
    assert.deepEqual(await living(), []);
    await assert.rejects(bot(), /PublicationFailed/);
  });

  for (const descriptor of DESCRIPTORS.filter(({ operations }) => operations.issue.can === "yes")) {
    it(`of ${descriptor.id} is revoked at once when KMS denies to seal it, and the document has no version`, async () => {
      const kms = await FakeAws.start(() => ({ status: 400, error: "AccessDeniedException" }));
      process.env.AWS_ENDPOINT_URL_KMS = kms.endpoint;
      try {
        await assertRevoked(descriptor, kms);
      } finally {
        delete process.env.AWS_ENDPOINT_URL_KMS;
        await kms.stop();
      }
    });
  }

  async function assertRevoked(descriptor: Descriptor, kms: FakeAws): Promise<void> {
    const exchange = descriptor.id;
    await sandbox?.control.clearRequests();
    const credentials = Object.fromEntries(
      descriptor.credentials.map((field) => [field, `file:${join(folder, "sandbox", "parents", `${exchange}.${field}`)}`]),
    );
    await configured({ environment: "sandbox", owner: "desk", accounts: JSON.stringify({ one: { exchange, credentials } }) });
    const plan = effectiveScopes(descriptor.grants.value, ["read", "spot"]);
    const inputs = (await checked({
      ...declared,
      exchange,
      subAccount: sandbox?.files.subAccounts[exchange]?.[0] ?? "",
      scopes: plan.kind === "exact" ? plan.effective : ["read", "spot", ...plan.additions],
      ipWhitelist: ["127.0.10.1"],
      publish: `ssm:///desk/unsealed/${exchange}?region=${REGION}`,
      ...(descriptor.label.value === "none" ? { exclusive: true } : {}),
    })) as Inputs;
    const before = await living();
    const failure = await handler.create(inputs).then(
      () => assert.fail("it was sealed"),
      (error: unknown) => error as Error,
    );
    assert.match(failure.message, /SealFailed: AWS KMS refused to seal by awskms:\/\/alias\/bots.*kms:Encrypt/);
    assert.ok(!failure.message.includes(CALLER));
    assert.ok(kms.asked.length > 0);
    assert.deepEqual(await living(), before);
    // Where a passphrase is sealed before the key exists, none was made at all.
    const made = ((await sandbox?.control.requests()) ?? []).filter(({ operation }) => operation === "issue").length;
    assert.equal(made, descriptor.passphrase?.value.toManage === true ? 0 : 1);
  }
});
