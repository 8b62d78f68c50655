import assert from "node:assert/strict";
import {
  CreateSecretCommand,
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
  UpdateSecretVersionStageCommand,
} from "@aws-sdk/client-secrets-manager";
import { Secret } from "../../providers/src/core/secret";
import { openDelivery } from "../../providers/src/deliver/aws-secret";
import type { Delivery, DeliveryOrder } from "../../providers/src/deliver/delivery";
import { parseDeliveryReference } from "../../providers/src/deliver/references";
import { serialIn, versionId } from "../../providers/src/deliver/stages";
import type { Moto } from "../../scripts/moto";
import { CALLER, FakeAws } from "../aws-api/fake-aws";
import { motoOrSkip } from "../seal/moto";
import { failsWith } from "../seal/samples";

const REGION = "eu-west-1";
const HASH = "abcdefghij";
const secretOf = (serial: number): string => `secret-of-serial-${serial}`;
const version = (serial: number) => ({ serial, apiKey: `public-${serial}` });

function order(current: number, previous?: number, hash = HASH): DeliveryOrder & { opened: number } {
  const made = {
    opened: 0,
    hash,
    current: version(current),
    ...(previous === undefined ? {} : { previous: version(previous) }),
    open: async () => {
      made.opened += 1;
      return { apiKey: `public-${current}`, secret: new Secret(secretOf(current)), passphrase: new Secret("phrase") };
    },
  };
  return made;
}

describe("delivery to AWS Secrets Manager", () => {
  let moto: Moto | undefined;
  let admin: SecretsManagerClient;
  let names = 0;

  before(async function () {
    moto = await motoOrSkip(this);
    const credentials = { accessKeyId: "admin", secretAccessKey: "admin" };
    admin = new SecretsManagerClient({ region: REGION, endpoint: moto.endpoint, credentials });
  });
  after(async () => {
    admin?.destroy();
    await moto?.stop();
  });

  const newName = (): string => `desk/bots/mm-${names++}`;
  const deliveryTo = (name: string, endpoint = moto?.endpoint ?? ""): Delivery =>
    openDelivery(`awssm://${name}?region=${REGION}`, { environment: "sandbox", env: { AWS_ENDPOINT_URL: endpoint } });

  /** Serials by stage. */
  async function shown(SecretId: string): Promise<Record<string, number | undefined>> {
    const { VersionIdsToStages = {} } = await admin.send(new DescribeSecretCommand({ SecretId }));
    const pairs = Object.entries(VersionIdsToStages).flatMap(([id, stages]) =>
      stages.map((stage) => [stage, serialIn(id, HASH)] as const),
    );
    return Object.fromEntries(pairs);
  }

  it("makes the secret, as ccxt takes it, and moves its stages with each rotation and retirement", async () => {
    const name = newName();
    const delivery = deliveryTo(name);
    await delivery.deliver(order(1));
    const { SecretString = "" } = await admin.send(new GetSecretValueCommand({ SecretId: name }));
    assert.deepEqual(JSON.parse(SecretString), { apiKey: "public-1", secret: secretOf(1), password: "phrase" });
    await delivery.deliver(order(2, 1));
    assert.deepEqual(await shown(name), { AWSCURRENT: 2, AWSPREVIOUS: 1 });
    const previous = await admin.send(new GetSecretValueCommand({ SecretId: name, VersionStage: "AWSPREVIOUS" }));
    assert.equal(JSON.parse(previous.SecretString ?? "").secret, secretOf(1));
    await delivery.deliver(order(2));
    assert.deepEqual(await shown(name), { AWSCURRENT: 2 });
  });

  it("opens nothing and stores nothing twice when it is repeated", async () => {
    const name = newName();
    const delivery = deliveryTo(name);
    await delivery.deliver(order(1));
    const again = order(1);
    await delivery.deliver(again);
    assert.equal(again.opened, 0);
    const { VersionIdsToStages = {} } = await admin.send(new DescribeSecretCommand({ SecretId: name }));
    assert.equal(Object.keys(VersionIdsToStages).length, 1);
  });

  it("fills a secret that was made without a value, and never deletes it", async () => {
    const name = newName();
    await admin.send(new CreateSecretCommand({ Name: name }));
    const delivery = deliveryTo(name);
    await delivery.deliver(order(1));
    await delivery.deliver(order(2, 1));
    assert.equal(await delivery.end(HASH), "kept");
    assert.deepEqual(await shown(name), { AWSCURRENT: 2 });
  });

  it("writes over nobody else's value, nor over a newer one", async () => {
    const name = newName();
    await admin.send(new CreateSecretCommand({ Name: name, SecretString: "a password of a database" }));
    await assert.rejects(deliveryTo(name).deliver(order(1)), failsWith("Conflict", { text: /not delivered by this key/ }));
    const own = newName();
    await deliveryTo(own).deliver(order(2));
    const expected = { text: /shows serial 2, which is newer than 1/, hides: [secretOf(1)] };
    await assert.rejects(deliveryTo(own).deliver(order(1)), failsWith("Conflict", expected));
    await assert.rejects(deliveryTo(own).deliver(order(3, undefined, "jihgfedcba")), failsWith("Conflict"));
    await admin.send(new PutSecretValueCommand({ SecretId: own, SecretString: "by hand" }));
    await assert.rejects(deliveryTo(own).deliver(order(3)), failsWith("Conflict"));
  });

  it("schedules what it made for deletion, and takes that back when the key comes back", async () => {
    const name = newName();
    const delivery = deliveryTo(name);
    await delivery.deliver(order(1));
    assert.equal(await delivery.end("jihgfedcba"), "kept");
    assert.equal(await delivery.end(HASH), "scheduled");
    assert.equal(await delivery.end(HASH), "gone");
    await delivery.deliver(order(2));
    assert.equal((await shown(name)).AWSCURRENT, 2);
    assert.equal(await deliveryTo(newName()).end(HASH), "gone");
  });

  it("delivers a key that was destroyed and is made anew, whose serials begin again", async () => {
    const name = newName();
    const delivery = deliveryTo(name);
    await delivery.deliver(order(3));
    await delivery.end(HASH);
    await delivery.deliver(order(1));
    assert.equal((await shown(name)).AWSCURRENT, 1);
    await delivery.deliver(order(2, 1));
    await delivery.deliver(order(4, 2));
    await assert.rejects(delivery.deliver(order(3)), failsWith("Conflict", { text: /shows serial 4, which is newer than 3/ }));
  });

  it("puts stages back where they belong, without opening anything, when somebody moved them", async () => {
    const name = newName();
    const delivery = deliveryTo(name);
    await delivery.deliver(order(1));
    await delivery.deliver(order(2, 1));
    const [one, two] = [1, 2].map((serial) => versionId(HASH, version(serial)));
    const move = { SecretId: name, VersionStage: "AWSCURRENT", MoveToVersionId: one, RemoveFromVersionId: two };
    await admin.send(new UpdateSecretVersionStageCommand(move));
    assert.equal((await shown(name)).AWSCURRENT, 1);
    const again = order(2, 1);
    await delivery.deliver(again);
    assert.deepEqual([await shown(name), again.opened], [{ AWSCURRENT: 2, AWSPREVIOUS: 1 }, 0]);
    await admin.send(new UpdateSecretVersionStageCommand({ SecretId: name, VersionStage: "KEPT", MoveToVersionId: one }));
    await delivery.deliver(order(2));
    assert.deepEqual(await shown(name), { AWSCURRENT: 2, KEPT: 1 });
    await delivery.deliver(order(2, 1));
    assert.deepEqual(await shown(name), { AWSCURRENT: 2, AWSPREVIOUS: 1, KEPT: 1 });
  });

  it("leaves the ended secret of another key to its end", async () => {
    const name = newName();
    await deliveryTo(name).deliver(order(1));
    await deliveryTo(name).end(HASH);
    await assert.rejects(deliveryTo(name).deliver(order(1, undefined, "jihgfedcba")), failsWith("Conflict"));
    assert.ok((await admin.send(new DescribeSecretCommand({ SecretId: name }))).DeletedDate !== undefined);
  });

  it("makes no secret by an ARN that names none", async () => {
    const arn = `arn:aws:secretsmanager:${REGION}:123456789012:secret:desk/none-AbCdEf`;
    const one = order(1);
    await assert.rejects(deliveryTo(`/${arn}`).deliver(one), failsWith("Conflict", { text: /cannot be made by its ARN/ }));
    assert.equal(one.opened, 0);
  });

  for (const [operation, permission] of [
    ["DescribeSecret", /secretsmanager:DescribeSecret/],
    ["CreateSecret", /secretsmanager:CreateSecret.*KMS key/],
  ] as const) {
    it(`names the permission when ${operation} is denied, and shows neither caller nor secret`, async () => {
      const fake = await FakeAws.start((asked) => ({
        status: 400,
        error: asked.operation === operation ? "AccessDeniedException" : "ResourceNotFoundException",
      }));
      const expected = { code: "AccessDeniedException", text: permission, hides: [CALLER, secretOf(1)] };
      await assert.rejects(deliveryTo("desk/x", fake.endpoint).deliver(order(1)), failsWith("DeliveryFailed", expected));
      await fake.stop();
    });
  }
});

describe("delivery references", () => {
  it("are names or ARNs of secrets", () => {
    const arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:desk/mm-AbCdEf";
    assert.deepEqual(parseDeliveryReference("awssm://desk/mm?region=eu-west-1").reference, {
      secretId: "desk/mm",
      region: "eu-west-1",
    });
    assert.deepEqual(parseDeliveryReference(`awssm:///${arn}`).reference, { secretId: arn, region: "eu-west-1" });
  });

  for (const [text, expected] of Object.entries({
    "ssm:///desk/mm": /no place to deliver/,
    "awssm:desk/mm": /no place to deliver/,
    "awssm:///desk/mm": /an ARN comes/,
    "awssm://arn:aws:secretsmanager:eu-west-1:111122223333:secret:x": /write three/,
    "awssm://": /names no secret/,
    "awssm://desk/../mm": /\. or \.\. segments/,
    "awssm://desk/m\u202em": /names no secret/,
    "awssm://desk/mm?stage=x": /besides region/,
  })) {
    it(`refuse ${text}`, () => assert.match(parseDeliveryReference(text).problems.join(), expected));
  }
});
