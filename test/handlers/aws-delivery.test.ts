import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { GetParameterHistoryCommand, SSMClient } from "@aws-sdk/client-ssm";
import { findLeaks } from "../../harness/leak-search";
import * as handler from "../../providers/src/handlers/api-key";
import { CALLER } from "../aws-api/fake-aws";
import { AwsDesk, REGION } from "./aws-desk";

const PLACE = "desk/opened/mm-1";
const DELIVER = `awssm://${PLACE}?region=${REGION}`;

describe("a key that is delivered opened", function () {
  this.timeout(1_200_000);
  let desk: AwsDesk;
  let said = "";
  const write = process.stderr.write.bind(process.stderr);
  const reasons: string[] = [];

  before(async function () {
    desk = await AwsDesk.start(this);
    process.stderr.write = (chunk: string | Uint8Array) => {
      said += Buffer.from(chunk as Uint8Array).toString();
      return true;
    };
  });
  after(async () => {
    process.stderr.write = write;
    await desk?.stop();
  });

  async function delivered(VersionStage = "AWSCURRENT"): Promise<Readonly<Record<string, string>>> {
    const command = new GetSecretValueCommand({ SecretId: PLACE, VersionStage });
    return JSON.parse((await new SecretsManagerClient(desk.options).send(command)).SecretString ?? "");
  }

  it("cannot be delivered late without kms:Decrypt; the key and its document stay, and the next run with it delivers", async () => {
    await desk.create();
    const before = await desk.living();
    await desk.whileKmsAnswers("AccessDeniedException", async (kms) => {
      await assert.rejects(desk.update({ deliver: DELIVER }), (error: Error) => {
        reasons.push(error.message);
        return /OpenFailed: AWS KMS refused to open by awskms:\/\/alias\/bots.*kms:Decrypt on awskms:/.test(error.message);
      });
      assert.deepEqual(kms.operations(), ["Decrypt"]);
    });
    assert.ok(!reasons.join().includes(CALLER));
    assert.equal(desk.state.status, "unfinished");
    assert.equal(desk.state.delivered, undefined);
    await assert.rejects(delivered(), { name: "ResourceNotFoundException" });
    assert.deepEqual(await desk.living(), before);
    assert.deepEqual([(await desk.bot()).apiKey], before);
    await desk.update();
    const { apiKey, secret } = await desk.bot();
    assert.deepEqual(await delivered(), { apiKey, secret });
    assert.deepEqual(desk.state.delivered, { url: DELIVER, serial: 1 });
  });

  it("is delivered at a rotation beside the one before, which goes with its overlap", async () => {
    await desk.update({ rotate: { every: "30d", overlap: "24h", trigger: "one" } });
    const [current, previous] = [await desk.bot(), await desk.bot("previous")];
    assert.deepEqual(await delivered(), { apiKey: current.apiKey, secret: current.secret });
    assert.deepEqual(await delivered("AWSPREVIOUS"), { apiKey: previous.apiKey, secret: previous.secret });
    await desk.sandbox.control.advance("26h");
    await desk.update();
    await assert.rejects(delivered("AWSPREVIOUS"), { name: "ResourceNotFoundException" });
  });

  it("lies in Secrets Manager, which was declared, and nowhere else: state, document, history, journal, what was said", async () => {
    const client = new SSMClient(desk.options);
    const { Parameters = [] } = await client.send(new GetParameterHistoryCommand({ Name: "/desk/bots/mm-1" }));
    assert.ok(Parameters.length > 4);
    const parameters = join(desk.folder, "parameters.json");
    await writeFile(parameters, JSON.stringify(Parameters, null, 2));
    const state = join(desk.folder, "state.json");
    await writeFile(state, JSON.stringify(desk.state, null, 2));
    const logs = join(desk.folder, "said.log");
    await writeFile(logs, `${said}${reasons.join("\n")}`);
    const hidden = await desk.sandbox.control.secrets();
    assert.deepEqual(await findLeaks([parameters, state, logs, desk.journal], hidden), []);
    const { apiKey, secret = "" } = await delivered();
    assert.ok(hidden.some(({ value }) => value === secret));
    const declaredPlace = join(desk.folder, "secrets-manager.json");
    await writeFile(declaredPlace, JSON.stringify(await delivered()));
    assert.notDeepEqual(await findLeaks([declaredPlace], hidden), []);
    const seen = await findLeaks([parameters, state], [{ kind: "public id", value: apiKey ?? "" }]);
    assert.deepEqual([...new Set(seen.map(({ file }) => file))].sort(), [parameters, state].sort(), "the search searches");
  });

  it("is ended with the key", async () => {
    await handler.delete(desk.id, desk.state);
    assert.deepEqual(await desk.living(), []);
    await assert.rejects(delivered(), { name: "InvalidRequestException" });
  });
});
