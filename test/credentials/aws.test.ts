import assert from "node:assert/strict";
import { join } from "node:path";
import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { Secret } from "../../providers/src/core/secret";
import { resolveReference } from "../../providers/src/credentials/reference";
import { openStore } from "../../providers/src/publish/open-store";
import { openSealer } from "../../providers/src/seal/open-sealer";
import { sealVersion } from "../../providers/src/seal/version";
import type { Moto } from "../../scripts/moto";
import { CALLER, FakeAws } from "../aws-api/fake-aws";
import { motoOrSkip } from "../seal/moto";
import { documentOf, failsWith, IDENTITY, issued, removeTemporaryFolders, temporaryFolder } from "../seal/samples";

const REGION = "eu-west-1";
const SECRET = "a-parent-secret-that-no-error-may-show";

describe("parent credentials from AWS Secrets Manager", () => {
  let moto: Moto | undefined;
  let admin: SecretsManagerClient;
  let env: Record<string, string> = {};

  before(async function () {
    moto = await motoOrSkip(this);
    env = { AWS_ENDPOINT_URL_SECRETS_MANAGER: moto.endpoint };
    const credentials = { accessKeyId: "admin", secretAccessKey: "admin" };
    admin = new SecretsManagerClient({ region: REGION, endpoint: moto.endpoint, credentials });
  });
  after(async () => {
    admin?.destroy();
    await moto?.stop();
  });

  const resolve = (text: string) => resolveReference(text, { environment: "sandbox", env });

  it("are the present text of a secret, or one key of its JSON, by name or ARN", async () => {
    const made = await admin.send(new CreateSecretCommand({ Name: "desk/plain", SecretString: "before" }));
    await admin.send(new PutSecretValueCommand({ SecretId: "desk/plain", SecretString: `sandbox-${SECRET}` }));
    for (const text of [`awssm:desk/plain?region=${REGION}`, `awssm:${made.ARN}`]) {
      assert.equal((await resolve(text)).reveal(), SECRET);
    }
    await admin.send(
      new CreateSecretCommand({ Name: "desk/json", SecretString: JSON.stringify({ secret: `sandbox-${SECRET}`, n: 1 }) }),
    );
    const text = `awssm:desk/json?region=${REGION}`;
    assert.equal((await resolve(`${text}#secret`)).reveal(), SECRET);
    for (const key of ["other", "n", "toString"]) {
      const expected = { text: /has no text under that key/, hides: [SECRET] };
      await assert.rejects(resolve(`${text}#${key}`), failsWith("CredentialsUnavailable", expected));
    }
    const expected = { text: /is no JSON object/, hides: [SECRET] };
    await assert.rejects(resolve(`awssm:desk/plain?region=${REGION}#secret`), failsWith("CredentialsUnavailable", expected));
  });

  it("that are not there are a typed failure which names the reference", async () => {
    const text = `awssm:desk/nothing?region=${REGION}`;
    const expected = { code: "ResourceNotFoundException", text: /awssm:desk\/nothing\?region=eu-west-1 cannot be read/ };
    await assert.rejects(resolve(text), failsWith("CredentialsUnavailable", expected));
  });

  for (const [code, hint] of [
    ["AccessDeniedException", /secretsmanager:GetSecretValue/],
    ["ThrottlingException", /Too many requests/],
  ] as const) {
    it(`say what to do about ${code}, and show nobody`, async () => {
      const fake = await FakeAws.start(() => ({ status: 400, error: code }));
      const surroundings = { environment: "sandbox", env: { AWS_ENDPOINT_URL: fake.endpoint } } as const;
      const asked = resolveReference(`awssm:desk/plain?region=${REGION}`, surroundings);
      await assert.rejects(asked, failsWith("CredentialsUnavailable", { code, text: hint, hides: [CALLER] }));
      await fake.stop();
    });
  }
});

describe("parent credentials from a sealed document", () => {
  after(removeTemporaryFolders);
  const surroundings = { environment: "production", env: {} } as const;

  it("are opened for the expected identity and sealing key only", async () => {
    const folder = temporaryFolder();
    const sealedBy = `local://${join(folder, "key")}`;
    const url = `file://${join(folder, "parent.json")}`;
    const version = issued({ secret: new Secret(SECRET) });
    const sealed = { ...(await sealVersion(openSealer(sealedBy, surroundings), version)), state: "current" } as const;
    await openStore(url, surroundings).write(documentOf([sealed]), undefined);
    const reference = (changes: object = {}): string =>
      `document:${url}#secret&${new URLSearchParams({ ...IDENTITY, sealedBy, ...changes })}`;
    assert.equal((await resolveReference(reference(), surroundings)).reveal(), SECRET);
    const opening = (changes: object) => resolveReference(reference(changes), surroundings);
    await assert.rejects(opening({ bot: "another" }), failsWith("WrongDocument", { hides: [SECRET] }));
    await assert.rejects(opening({ sealedBy: "awskms://alias/other" }), failsWith("WrongDocument", { hides: [SECRET] }));
  });
});
