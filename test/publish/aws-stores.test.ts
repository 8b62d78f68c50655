import assert from "node:assert/strict";
import { CreateBucketCommand, DeleteObjectCommand, S3Client } from "@aws-sdk/client-s3";
import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  GetParameterHistoryCommand,
  PutParameterCommand,
  SSMClient,
} from "@aws-sdk/client-ssm";
import { isKind } from "../../providers/src/core/errors";
import { openStore } from "../../providers/src/publish/open-store";
import type { DocumentStore } from "../../providers/src/publish/store";
import type { Moto } from "../../scripts/moto";
import { motoOrSkip } from "../seal/moto";
import { documentOf, failsWith } from "../seal/samples";

const REGION = "eu-west-1";
const BUCKET = "desk-keys";
const FIRST = documentOf([], { lastSerial: 1 });
const SECOND = documentOf([], { lastSerial: 2 });
const THIRD = documentOf([], { lastSerial: 3 });

/** A document of about so many bytes. */
const large = (bytes: number) => documentOf([], { holder: "h".repeat(bytes) });

describe("publishing to AWS", () => {
  let moto: Moto | undefined;
  let env: Record<string, string> = {};
  let ssm: SSMClient;
  let s3: S3Client;
  let places = 0;
  const notices: string[] = [];

  before(async function () {
    moto = await motoOrSkip(this);
    const { endpoint } = moto;
    env = { AWS_ENDPOINT_URL: endpoint };
    const options = { region: REGION, endpoint, credentials: { accessKeyId: "admin", secretAccessKey: "admin" } };
    ssm = new SSMClient(options);
    s3 = new S3Client({ ...options, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: REGION } }));
  });
  after(async () => {
    ssm?.destroy();
    s3?.destroy();
    await moto?.stop();
  });

  const storeAt = (url: string): DocumentStore =>
    openStore(url, { environment: "sandbox", env, notice: (text) => notices.push(text) });
  const kinds: Readonly<Record<string, () => string>> = {
    "ssm://": () => `ssm:///desk/bots/mm-${places++}?region=${REGION}`,
    "s3://": () => `s3://${BUCKET}/bots/mm-${places++}.json?region=${REGION}`,
  };

  for (const [scheme, newPlace] of Object.entries(kinds)) {
    describe(scheme, () => {
      it("reads nothing where nothing is", async () => assert.equal(await storeAt(newPlace()).read(), undefined));

      it("writes, replaces, reads back and removes, each by the revision before it", async () => {
        const store = storeAt(newPlace());
        const one = await store.write(FIRST, undefined);
        assert.deepEqual(one.document, FIRST);
        const two = await store.write(SECOND, one.revision);
        assert.deepEqual(await storeAt(store.url).read(), two);
        assert.notEqual(one.revision, two.revision);
        await store.remove(two.revision);
        assert.equal(await store.read(), undefined);
        await store.remove(two.revision);
      });

      it("writes over nothing that it was not told of", async () => {
        const store = storeAt(newPlace());
        const one = await store.write(FIRST, undefined);
        const two = await store.write(SECOND, one.revision);
        await assert.rejects(store.write(THIRD, undefined), failsWith("Conflict", { text: /exists already/ }));
        await assert.rejects(store.write(THIRD, one.revision), failsWith("Conflict", { text: /changed by somebody else/ }));
        await assert.rejects(store.remove(one.revision), failsWith("Conflict", { text: /changed by somebody else/ }));
        assert.deepEqual(await store.read(), two);
        await store.remove(two.revision);
        await assert.rejects(store.write(THIRD, two.revision), failsWith("Conflict", { text: /is gone/ }));
        assert.equal(await store.read(), undefined);
        await store.write(THIRD, undefined);
      });

      it("of many first writers lets one win, and tells the others", async () => {
        const place = newPlace();
        await raceTo(place, undefined);
      });

      it("of many writers over one revision lets one win, and tells the others", async () => {
        const place = newPlace();
        const { revision } = await storeAt(place).write(FIRST, undefined);
        await raceTo(place, revision);
      });
    });
  }

  /** Spelt differently, so that each writer has turns of its own, as another process would. */
  async function raceTo(place: string, replaces: string | undefined): Promise<void> {
    const writers = [0, 1, 2, 3, 4].map((index) => ({
      document: documentOf([], { lastSerial: 10 + index }),
      store: storeAt(`${place}${"&".repeat(index)}`),
    }));
    const ends = await Promise.allSettled(writers.map(({ store, document }) => store.write(document, replaces)));
    const won = writers.filter((_, index) => ends[index]?.status === "fulfilled");
    assert.equal(won.length, 1, "one writer wins");
    for (const end of ends) if (end.status === "rejected") assert.ok(isKind(end.reason, "Conflict"), String(end.reason));
    assert.deepEqual((await storeAt(place).read())?.document, won[0]?.document, "what is there is the winner's");
  }

  describe("parameters", () => {
    const nameOf = (url: string): string => /^ssm:\/\/([^?]*)/.exec(url)?.[1] ?? "";
    const described = async (Name: string) => {
      const filter = { Key: "Name", Option: "Equals", Values: [Name] };
      return (await ssm.send(new DescribeParametersCommand({ ParameterFilters: [filter] }))).Parameters?.[0];
    };

    it("are plain text that any SDK reads, of the standard tier as long as they fit", async () => {
      const url = kinds["ssm://"]?.() ?? "";
      await storeAt(url).write(FIRST, undefined);
      const { Parameter } = await ssm.send(new GetParameterCommand({ Name: nameOf(url) }));
      assert.deepEqual([Parameter?.Type, JSON.parse(Parameter?.Value ?? "")], ["String", FIRST]);
      assert.equal((await described(nameOf(url)))?.Tier, "Intelligent-Tiering");
    });

    it("become advanced above 4 kB, and that is said once", async () => {
      const url = kinds["ssm://"]?.() ?? "";
      const store = storeAt(url);
      notices.length = 0;
      const { revision } = await store.write(large(4100), undefined);
      await store.write(large(4200), revision);
      assert.equal((await described(nameOf(url)))?.Tier, "Advanced");
      assert.equal(notices.length, 1);
      assert.match(notices[0] ?? "", /ADVANCED tier/);
    });

    it("refuse more than their tier takes, and nothing is written", async () => {
      const url = kinds["ssm://"]?.() ?? "";
      const standard = storeAt(`${url}&tier=standard`);
      assert.deepEqual([standard.maxBytes, storeAt(url).maxBytes, storeAt(`${url}&tier=advanced`).maxBytes], [4096, 8192, 8192]);
      await assert.rejects(standard.write(large(4100), undefined), failsWith("PublicationFailed", { code: "TooLarge" }));
      await assert.rejects(storeAt(url).write(large(8200), undefined), failsWith("PublicationFailed", { code: "TooLarge" }));
      assert.equal(await standard.read(), undefined);
    });

    it("are put back when somebody wrote between the reading and the writing of another", async () => {
      const url = kinds["ssm://"]?.() ?? "";
      const store = storeAt(url);
      const { revision } = await store.write(FIRST, undefined);
      const winner = await store.write(SECOND, revision);
      // A writer that had read the first version writes late, and dies before it can look.
      const Description = `sealed exchange key; replaces ${revision}`;
      const late = { Name: nameOf(url), Value: `${JSON.stringify(THIRD)}\n`, Overwrite: true, Description } as const;
      await ssm.send(new PutParameterCommand(late));
      await assert.rejects(store.write(THIRD, winner.revision), failsWith("Conflict"));
      const { Parameters = [] } = await ssm.send(new GetParameterHistoryCommand({ Name: nameOf(url) }));
      assert.equal(Parameters.length, 3, "a writer that finds something else writes nothing");
    });

    it("of another type are not ours", async () => {
      const url = kinds["ssm://"]?.() ?? "";
      await ssm.send(new PutParameterCommand({ Name: nameOf(url), Value: "x", Type: "SecureString" }));
      await assert.rejects(storeAt(url).read(), failsWith("PublicationFailed", { code: "NoString" }));
    });

    it("that somebody removed and made anew are read as they are", async () => {
      const url = kinds["ssm://"]?.() ?? "";
      const store = storeAt(url);
      const { revision } = await store.write(FIRST, undefined);
      const { revision: second } = await store.write(SECOND, revision);
      await ssm.send(new DeleteParameterCommand({ Name: nameOf(url) }));
      await assert.rejects(store.write(THIRD, second), failsWith("Conflict", { text: /is gone/ }));
      await store.write(FIRST, undefined);
      assert.deepEqual((await store.read())?.document, FIRST);
    });

    it("that hold no document are tampered with", async () => {
      const url = kinds["ssm://"]?.() ?? "";
      await ssm.send(new PutParameterCommand({ Name: nameOf(url), Value: "x", Type: "String" }));
      await assert.rejects(storeAt(url).read(), failsWith("TamperedDocument"));
    });
  });

  describe("objects", () => {
    it("of a bucket that is not there are a failure, not an absence", async () => {
      const store = storeAt(`s3://nobodys-bucket/mm.json?region=${REGION}`);
      const expected = { code: "NoSuchBucket", text: /name of the bucket/ };
      await assert.rejects(store.read(), failsWith("PublicationFailed", expected));
      await assert.rejects(store.write(FIRST, undefined), failsWith("PublicationFailed", expected));
    });

    it("that somebody removed are not written again by revision", async () => {
      const url = kinds["s3://"]?.() ?? "";
      const { revision } = await storeAt(url).write(FIRST, undefined);
      const Key = url.replace(/^s3:\/\/[^/]+\//, "").replace(/\?.*/, "");
      await s3.send(new DeleteObjectCommand({ Bucket: BUCKET, Key }));
      await assert.rejects(storeAt(url).write(SECOND, revision), failsWith("Conflict", { text: /is gone/ }));
    });
  });
});
