import assert from "node:assert/strict";
import { CreateKeyCommand, KMSClient } from "@aws-sdk/client-kms";
import { followKey, type OpenOptions, openKey } from "../../providers/src/client";
import type { Moto } from "../../scripts/moto";
import { motoOrSkip } from "../seal/moto";
import { failsWith, removeTemporaryFolders } from "../seal/samples";
import { type Desk, EXPECTED, newDesk, type Sealing, secretOf } from "./desk";
import { EDITS, type Edit, type Own, SERIALS } from "./edits";

const REGION = "eu-west-1";
const secrets = Array.from({ length: SERIALS.current + 1 }, (_, serial) => secretOf(serial));
const hides = [...secrets, ...secrets.map((secret) => Buffer.from(secret).toString("base64"))];

function optionsFor({ url, reference, surroundings }: Desk): OpenOptions {
  return { document: url, expect: EXPECTED, sealedBy: reference, ...surroundings };
}

async function sealOwn(desk: Desk): Promise<Own> {
  const previous = await desk.seal(SERIALS.previous, "previous", { issuedAt: "2026-01-01T00:00:00.000Z" });
  const current = await desk.seal(SERIALS.current, "current", { notAfter: "2099-01-01T00:00:00.000Z" });
  return { previous, current };
}

/** The bot's own document opens before the edit, and as soon as it is there again. */
async function refuses(desk: Desk, { kind, options = {}, tamper }: Edit): Promise<void> {
  const own = await sealOwn(desk);
  const open = () => openKey({ ...optionsFor(desk), ...options });
  const opensOwn = async () => {
    await desk.publish([own.previous, own.current]);
    assert.equal((await open()).secret, secretOf(SERIALS[options.use === "previous" ? "previous" : "current"]));
  };
  await opensOwn();
  const { versions, ...changes } = await tamper(own, desk);
  await desk.publish(versions, { lastSerial: SERIALS.current, ...changes });
  await assert.rejects(open(), failsWith(kind, { hides }));
  await opensOwn();
}

/** What a bot that has just begun to follow hears first: a key or a failure. */
async function hears(desk: Desk): Promise<unknown> {
  const ending = new AbortController();
  let tell: (heard: unknown) => void = () => {};
  const first = new Promise<unknown>((resolve) => {
    tell = resolve;
  });
  const following = followKey(optionsFor(desk), (key) => tell(key.secret), {
    intervalMs: 1,
    signal: ending.signal,
    onError: (error) => tell(error),
  });
  const heard = await first;
  ending.abort();
  await following;
  return heard;
}

async function newKmsKey(endpoint: string): Promise<Sealing> {
  const admin = new KMSClient({ region: REGION, endpoint, credentials: { accessKeyId: "admin", secretAccessKey: "admin" } });
  try {
    const { KeyMetadata } = await admin.send(new CreateKeyCommand({}));
    const surroundings = { environment: "sandbox", env: { AWS_ENDPOINT_URL_KMS: endpoint } } as const;
    return { reference: `awskms://${KeyMetadata?.KeyId}?region=${REGION}`, surroundings };
  } finally {
    admin.destroy();
  }
}

for (const by of ["a key file", "KMS"] as const) {
  describe(`a tampered document, sealed by ${by}`, () => {
    let moto: Moto | undefined;
    let sealing: Sealing | undefined;

    before(async function () {
      if (by === "a key file") return;
      moto = await motoOrSkip(this);
      sealing = await newKmsKey(moto.endpoint);
    });
    after(() => moto?.stop());
    afterEach(removeTemporaryFolders);

    for (const [what, edit] of Object.entries(EDITS)) {
      it(`is refused as ${edit.kind}: ${what}`, () => refuses(newDesk(sealing), edit));
    }

    it("is refused when it is older than what this process has followed, though nobody says so", async () => {
      const desk = newDesk(sealing);
      const { previous, current } = await sealOwn(desk);
      await desk.publish([previous, current]);
      assert.equal(await hears(desk), secretOf(SERIALS.current));
      await desk.publish([{ ...previous, state: "current" }]);
      failsWith("OlderDocument", { hides })(await hears(desk));
      await desk.publish([previous, current]);
      assert.equal(await hears(desk), secretOf(SERIALS.current));
    });
  });
}
