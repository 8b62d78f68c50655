import assert from "node:assert/strict";
import { GetParameterHistoryCommand, SSMClient } from "@aws-sdk/client-ssm";
import { effectiveScopes } from "../../providers/src/core/scopes";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";
import { DESCRIPTORS, descriptorOf } from "../../providers/src/exchanges/registry";
import * as handler from "../../providers/src/handlers/api-key";
import { CALLER } from "../aws-api/fake-aws";
import { AwsDesk, type Inputs, REGION } from "./aws-desk";
import { checked } from "./world";

const DENIED = "AccessDeniedException";

describe("a key whose whole custody lies in AWS", function () {
  this.timeout(1_200_000);
  let desk: AwsDesk;

  before(async function () {
    desk = await AwsDesk.start(this);
  });
  after(async () => await desk?.stop());

  it("is planned without reaching anything", async () => {
    const endpoint = process.env.AWS_ENDPOINT_URL;
    process.env.AWS_ENDPOINT_URL = "http://127.0.0.1:1";
    await checked(desk.declared);
    process.env.AWS_ENDPOINT_URL = endpoint;
  });

  it("is issued by a parent from Secrets Manager, sealed by KMS, published to Parameter Store, and opened by its bot", async () => {
    await desk.create();
    const key = await desk.bot();
    assert.deepEqual(await desk.living(), [key.apiKey]);
  });

  it("is rotated with an overlap in which its bot can open both versions", async () => {
    const before = await desk.bot();
    await desk.update({ rotate: { every: "30d", overlap: "24h", trigger: "one" } });
    const [current, previous] = [await desk.bot(), await desk.bot("previous")];
    assert.deepEqual([current.serial, previous.secret], [2, before.secret]);
    assert.deepEqual(await desk.living(), [current.apiKey, previous.apiKey].sort());
    await desk.sandbox.control.advance("26h");
    await desk.update();
    assert.deepEqual(await desk.living(), [current.apiKey]);
  });

  it("leaves no secret in Parameter Store's history or in state", async () => {
    const client = new SSMClient(desk.options);
    const { Parameters = [] } = await client.send(new GetParameterHistoryCommand({ Name: "/desk/bots/mm-1" }));
    assert.ok(Parameters.length > 4);
    const written = JSON.stringify([Parameters, desk.state]);
    const secrets = await desk.sandbox.control.secrets();
    assert.ok(secrets.length > 3);
    for (const { value, kind } of secrets) assert.ok(!written.includes(value), kind);
  });

  it("is revoked and its parameter removed by a delete", async () => {
    await handler.delete(desk.id, desk.state);
    assert.deepEqual(await desk.living(), []);
    await assert.rejects(desk.bot(), /PublicationFailed/);
  });

  it("is not asked for where its document would not fit into the tier that was asked for", async () => {
    // A document repeats by what each version was sealed, so that a long path makes it large.
    const path = Array.from({ length: 7 }, () => "k".repeat(180)).join("/");
    const publish = `ssm:///desk/bots/large?region=${REGION}&tier=standard`;
    const { seal: alias, publish: place } = desk.declared;
    await desk.create({ publish, seal: `local://${desk.folder}/${path}`, name: "large" });
    const before = await desk.living();
    await desk.sandbox.control.clearRequests();
    const rotate = { every: "30d", overlap: "24h", trigger: "two" };
    await assert.rejects(desk.update({ rotate }), (error: Error) => {
      assert.match(error.message, /PublicationFailed: the document for ssm:\/\/.*tier=standard takes \d{4} bytes.*4096/);
      assert.match(error.message, /TooLarge.*allow the advanced tier/s);
      return true;
    });
    const asked = (await desk.sandbox.control.requests()).map(({ operation }) => operation);
    assert.ok(!asked.includes("issue"), asked.join());
    assert.deepEqual([await desk.living(), [(await desk.bot()).apiKey]], [before, before]);
    await desk.update({ publish: publish.replace("standard", "advanced") });
    assert.equal((await desk.bot()).serial, 2);
    await handler.delete(desk.id, desk.state);
    desk.declared = { ...desk.declared, seal: alias, publish: place, name: "mm" };
  });

  for (const [what, code, expected] of [
    ["is disabled", "DisabledException", /enable awskms:/],
    ["waits to be deleted", "KMSInvalidStateException", /cancel its deletion/],
    ["is in another region", "NotFoundException", /in that account and region/],
    ["is asked too often", "ThrottlingException", /Too many requests/],
  ] as const) {
    it(`is revoked at once when the KMS key ${what}`, async () => {
      await desk.whileKmsAnswers(code, async (kms) => {
        await assertRevoked(descriptorOf("bybit"), expected);
        assert.ok(kms.asked.length > 0);
      });
    });
  }

  for (const descriptor of DESCRIPTORS.filter(({ operations }) => operations.issue.can === "yes")) {
    it(`of ${descriptor.id} is revoked at once when KMS denies to seal it, and the document has no version`, async () => {
      await desk.whileKmsAnswers(DENIED, async (kms) => {
        await assertRevoked(descriptor, /kms:Encrypt/);
        assert.ok(kms.asked.length > 0);
      });
    });
  }

  async function assertRevoked(descriptor: Descriptor, expected: RegExp): Promise<void> {
    await desk.sandbox.control.clearRequests();
    const inputs = await declaredOn(descriptor);
    const before = await desk.living();
    const failure = await handler.create(inputs).then(
      () => assert.fail("it was sealed"),
      (error: unknown) => error as Error,
    );
    assert.match(failure.message, /SealFailed: AWS KMS refused to seal by awskms:\/\/alias\/bots/);
    assert.match(failure.message, expected);
    assert.ok(!failure.message.includes(CALLER));
    assert.deepEqual(await desk.living(), before);
    // Where a passphrase is sealed before the key exists, none was made at all.
    const made = (await desk.sandbox.control.requests()).filter(({ operation }) => operation === "issue").length;
    assert.equal(made, descriptor.passphrase?.value.toManage === true ? 0 : 1);
  }

  /** A key of any exchange, by a parent whose credential lies in files. */
  async function declaredOn(descriptor: Descriptor): Promise<Inputs> {
    const exchange = descriptor.id;
    const references = descriptor.credentials.map((field) => [field, `file:${desk.parentFile(exchange, field)}`]);
    await desk.configure({ one: { exchange, credentials: Object.fromEntries(references) } });
    const plan = effectiveScopes(descriptor.grants.value, ["read", "spot"]);
    const { rotate: _, ...rest } = desk.declared;
    return (await checked({
      ...rest,
      rotate: { every: "30d", overlap: "24h" },
      exchange,
      subAccount: desk.sandbox.files.subAccounts[exchange]?.[0] ?? "",
      scopes: plan.kind === "exact" ? plan.effective : ["read", "spot", ...plan.additions],
      publish: `ssm:///desk/unsealed/${exchange}?region=${REGION}`,
      ...(descriptor.label.value === "none" ? { exclusive: true } : {}),
    })) as Inputs;
  }
});
