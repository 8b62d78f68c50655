import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import {
  CreateAliasCommand,
  CreateKeyCommand,
  DecryptCommand,
  DeleteAliasCommand,
  KMSClient,
  UpdateAliasCommand,
} from "@aws-sdk/client-kms";
import { Secret } from "../../providers/src/core/secret";
import { contextOf } from "../../providers/src/seal/context";
import { openSealer } from "../../providers/src/seal/open-sealer";
import { documentSize } from "../../providers/src/seal/parse-document";
import type { Sealer } from "../../providers/src/seal/sealer";
import { stamped, stampKeyOf } from "../../providers/src/seal/stamp";
import { openVersion, sealVersion } from "../../providers/src/seal/version";
import type { Moto } from "../../scripts/moto";
import { motoOrSkip } from "./moto";
import { CONTEXT, CONTEXT_NAMES, documentOf, failsWith, IDENTITY, issued } from "./samples";

const REGION = "eu-west-1";
const PLAINTEXT = "a-secret-that-no-error-may-show";
const hides = [PLAINTEXT, Buffer.from(PLAINTEXT).toString("base64")];

describe("sealing by KMS", () => {
  let moto: Moto | undefined;
  let admin: KMSClient;
  let endpoint = "";

  before(async function () {
    moto = await motoOrSkip(this);
    endpoint = moto.endpoint;
    admin = clientIn(REGION);
  });
  after(async () => {
    admin?.destroy();
    await moto?.stop();
  });

  function clientIn(region: string): KMSClient {
    return new KMSClient({ region, endpoint, credentials: { accessKeyId: "admin", secretAccessKey: "admin" } });
  }

  function sealer(reference: string, env: Record<string, string> = {}): Sealer {
    return openSealer(reference, { environment: "sandbox", env: { AWS_ENDPOINT_URL_KMS: endpoint, ...env } });
  }

  async function newKey(client = admin): Promise<{ id: string; arn: string }> {
    const { KeyMetadata } = await client.send(new CreateKeyCommand({}));
    return { id: KeyMetadata?.KeyId ?? "", arn: KeyMetadata?.Arn ?? "" };
  }

  let aliases = 0;
  async function newAlias(id: string): Promise<string> {
    const name = `alias/test-${aliases++}`;
    await admin.send(new CreateAliasCommand({ AliasName: name, TargetKeyId: id }));
    return name;
  }

  const seal = (by: Sealer) => by.seal(Buffer.from(PLAINTEXT), CONTEXT);

  it("opens what it sealed, by key id, alias and ARN, with the region from the URL, the ARN or the environment", async () => {
    const { id, arn } = await newKey();
    const alias = await newAlias(id);
    const references = [
      sealer(`awskms://${id}?region=${REGION}`),
      sealer(`awskms://${alias}?region=${REGION}`),
      sealer(`awskms:///${arn}?region=${REGION}`),
      sealer(`awskms:///${arn}`),
      sealer(`awskms://${id}`, { AWS_REGION: REGION }),
    ];
    for (const one of references) {
      const sealed = await seal(one);
      assert.ok(!Buffer.from(sealed, "base64").includes(PLAINTEXT));
      for (const other of references) assert.equal(Buffer.from(await other.open(sealed, CONTEXT)).toString(), PLAINTEXT);
    }
  });

  it("makes ciphertexts that any AWS SDK opens in two lines", async () => {
    const { id } = await newKey();
    const version = issued({ passphrase: new Secret("a passphrase") });
    const sealed = await sealVersion(sealer(`awskms://${id}?region=${REGION}`), version);
    const { Plaintext } = await admin.send(
      new DecryptCommand({
        CiphertextBlob: Buffer.from(sealed.ciphertext, "base64"),
        EncryptionContext: { ...IDENTITY, serial: String(sealed.serial) },
      }),
    );
    const key = JSON.parse(Buffer.from(Plaintext ?? []).toString());
    assert.deepEqual([key.apiKey, key.secret, key.password], [version.apiKey, version.secret.reveal(), "a passphrase"]);
  });

  it("makes ciphertexts that the documented lines of Python open", async () => {
    const { id } = await newKey();
    const version = issued();
    const sealed = await sealVersion(sealer(`awskms://${id}?region=${REGION}`), version);
    const docs = readFileSync(join(__dirname, "../../docs/document-format.md"), "utf8");
    const lines = /```python\n([\s\S]*?)```/.exec(docs)?.[1] ?? "";
    assert.equal(lines.trim().split("\n").length, 3);
    const program = `import base64, boto3, json, sys\nversion, expect = json.load(sys.stdin)\n${lines}print(key["secret"])`;
    const child = spawn(moto?.python ?? "", ["-c", program], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { ...process.env, AWS_ENDPOINT_URL_KMS: endpoint, AWS_REGION: REGION, AWS_DEFAULT_REGION: REGION },
    });
    child.stdin.end(JSON.stringify([sealed, IDENTITY]));
    assert.equal((await text(child.stdout)).trim(), version.secret.reveal());
  });

  it("opens whole versions, and fits two of them into 4 kB", async () => {
    const { id } = await newKey();
    const by = sealer(`awskms://${id}?region=${REGION}`);
    const version = issued({
      apiKey: "p".repeat(36),
      secret: new Secret("s".repeat(64)),
      passphrase: new Secret("p".repeat(32)),
    });
    const sealed = await sealVersion(by, version);
    const opened = await openVersion(by, sealed, IDENTITY);
    assert.equal(opened.secret?.reveal(), version.secret.reveal());
    const superseded = { ...sealed, state: "previous", retireAfter: "2026-01-02T04:00:00.000Z" } as const;
    const lineage = { holder: "h".repeat(12), heldBefore: ["b".repeat(12)], seq: 9999 };
    const document = documentOf([superseded, { ...sealed, serial: 8, state: "current", answers: "a".repeat(8) }], lineage);
    const size = documentSize(stamped(document, stampKeyOf(new Secret("parent's"))));
    assert.ok(size <= 4096, `${size} bytes`);
  });

  for (const name of CONTEXT_NAMES) {
    it(`does not open under another ${name}`, async () => {
      const { id } = await newKey();
      const by = sealer(`awskms://${id}?region=${REGION}`);
      const sealed = await seal(by);
      await assert.rejects(
        by.open(sealed, { ...CONTEXT, [name]: "another" }),
        failsWith("WrongContext", { code: "InvalidCiphertextException", text: /of another key, or was edited/, hides }),
      );
    });
  }

  it("does not open what was altered, nor what is no ciphertext", async () => {
    const { id } = await newKey();
    const by = sealer(`awskms://${id}?region=${REGION}`);
    const sealed = Buffer.from(await seal(by), "base64");
    sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
    for (const altered of [sealed.toString("base64"), "c2VhbGVk"]) {
      await assert.rejects(by.open(altered, CONTEXT), failsWith("WrongContext", { code: "InvalidCiphertextException", hides }));
    }
  });

  it("does not open what another key sealed, although KMS could", async () => {
    const [one, other] = [await newKey(), await newKey()];
    const sealed = await seal(sealer(`awskms://${one.id}?region=${REGION}`));
    const opening = sealer(`awskms://${other.id}?region=${REGION}`).open(sealed, CONTEXT);
    await assert.rejects(opening, failsWith("OpenFailed", { hides }));
  });

  it("does not open what an alias sealed before it moved", async () => {
    const [one, other] = [await newKey(), await newKey()];
    const alias = await newAlias(one.id);
    const sealed = await seal(sealer(`awskms://${alias}?region=${REGION}`));
    await admin.send(new UpdateAliasCommand({ AliasName: alias, TargetKeyId: other.id }));
    await assert.rejects(sealer(`awskms://${alias}?region=${REGION}`).open(sealed, CONTEXT), failsWith("OpenFailed", { hides }));
    assert.equal(Buffer.from(await sealer(`awskms://${one.id}?region=${REGION}`).open(sealed, CONTEXT)).toString(), PLAINTEXT);
  });

  it("says when an alias is gone, a key unknown, or the region another one", async () => {
    const { id } = await newKey();
    const alias = await newAlias(id);
    const by = sealer(`awskms://${alias}?region=${REGION}`);
    const sealed = await seal(by);
    await admin.send(new DeleteAliasCommand({ AliasName: alias }));
    const expected = { code: "NotFoundException", text: /no such key or alias/, hides };
    await assert.rejects(seal(by), failsWith("SealFailed", expected));
    await assert.rejects(by.open(sealed, CONTEXT), failsWith("OpenFailed", { hides }));
    await assert.rejects(seal(sealer(`awskms://${id}?region=us-east-2`)), failsWith("SealFailed", expected));
  });

  it("uses the encryption context of the document, all seven values", async () => {
    const { id } = await newKey();
    const sealed = await sealVersion(sealer(`awskms://${id}?region=${REGION}`), issued());
    for (const name of CONTEXT_NAMES) {
      const { [name]: _, ...six } = { ...contextOf(IDENTITY, 7) };
      const decrypt = new DecryptCommand({
        CiphertextBlob: Buffer.from(sealed.ciphertext, "base64"),
        EncryptionContext: six as Record<string, string>,
      });
      await assert.rejects(admin.send(decrypt), { name: "InvalidCiphertextException" });
    }
  });
});
