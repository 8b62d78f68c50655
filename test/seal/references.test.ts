import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { openSealer } from "../../providers/src/seal/open-sealer";
import { parseSealReference } from "../../providers/src/seal/references";
import { failsWith } from "./samples";

const ID = "1234abcd-12ab-34cd-56ef-1234567890ab";
const MULTI_REGION = `mrk-${"0123456789abcdef".repeat(2)}`;

describe("sealing references", () => {
  const good: Record<string, object> = {
    "local:///var/lib/exchange-keys/key": { scheme: "local", path: "/var/lib/exchange-keys/key" },
    "local:///with%20space/100%25": { scheme: "local", path: "/with space/100%" },
    "local:///with space": { scheme: "local", path: "/with space" },
    "local:///..hidden/...": { scheme: "local", path: "/..hidden/..." },
    "awskms://alias/bots": { scheme: "awskms", keyId: "alias/bots" },
    "awskms://alias/bots/Market_Making-1?region=eu-west-1": {
      scheme: "awskms",
      keyId: "alias/bots/Market_Making-1",
      region: "eu-west-1",
    },
    [`awskms://${ID}?region=us-gov-west-1`]: { scheme: "awskms", keyId: ID, region: "us-gov-west-1" },
    [`awskms://${MULTI_REGION}?region=eu-west-1`]: { scheme: "awskms", keyId: MULTI_REGION, region: "eu-west-1" },
    [`awskms:///arn:aws:kms:eu-west-1:111122223333:key/${ID}`]: {
      scheme: "awskms",
      keyId: `arn:aws:kms:eu-west-1:111122223333:key/${ID}`,
      region: "eu-west-1",
    },
    "awskms:///arn:aws-cn:kms:cn-north-1:111122223333:alias/bots?region=cn-north-1": {
      scheme: "awskms",
      keyId: "arn:aws-cn:kms:cn-north-1:111122223333:alias/bots",
      region: "cn-north-1",
    },
  };
  for (const [text, reference] of Object.entries(good)) {
    it(`reads ${text}`, () => assert.deepEqual(parseSealReference(text), { reference, problems: [] }));
  }

  const bad: Record<string, readonly RegExp[]> = {
    "": [/not a sealing reference/],
    "gcpkms://projects/p": [/not a sealing reference/],
    "AWSKMS://alias/bots": [/not a sealing reference/],
    "local://relative/key": [/absolute path/],
    "local://": [/absolute path/],
    "local:///": [/names a folder/],
    "local:///keys/": [/names a folder/],
    "local:///a/../b": [/segments/],
    "local:///a/%2e%2e/b": [/segments/],
    "local:///a//b": [/segments/],
    "local:///a%2Fb": [/percent sign/],
    "local:///100%": [/percent sign/],
    "local:///key?mode=600": [/query/],
    "local:///key\n": [/control or format character/],
    "local:///key%00": [/control or format character/],
    "local:///k\u202eey": [/control or format character/],
    "local:///k%E2%80%8Bey": [/control or format character/],
    "local://relative/?x": [/absolute path/, /query/],
    "awskms://": [/no KMS key/],
    "awskms://alias/": [/no KMS key/],
    "awskms://bots": [/no KMS key/],
    "awskms://alias/bots\n": [/no KMS key/],
    "awskms:///alias/bots": [/an ARN/],
    "awskms:///arn:aws:s3:::bucket": [/an ARN/],
    [`awskms://arn:aws:kms:eu-west-1:111122223333:key/${ID}`]: [/write three/],
    [`awskms:///arn:aws:kms:eu-west-1:111122223333:key/${ID}?region=eu-west-2`]: [/ARN lies in eu-west-1/],
    "awskms://alias/bots?region=Ireland": [/not written like/],
    "awskms://alias/bots?region=": [/not written like/],
    "awskms://alias/bots?region=eu-west-1&region=eu-west-2": [/more than one region/],
    "awskms://alias/bots?profile=me": [/"profile"/],
    "awskms://alias/bots?region=eu-west-1#x": [/not written like/],
    "awskms://alias/bots#x": [/fragment/, /no KMS key/],
    "awskms://bots?region=x&profile=me": [/no KMS key/, /not written like/, /"profile"/],
  };
  for (const [text, expected] of Object.entries(bad)) {
    it(`refuses ${JSON.stringify(text)} with every problem at once`, () => {
      const { reference, problems } = parseSealReference(text);
      assert.equal(reference, undefined);
      assert.equal(problems.length, expected.length, problems.join(" | "));
      for (const [index, pattern] of expected.entries()) assert.match(problems[index] ?? "", pattern);
    });
  }

  it("answers for any text", () => {
    const scheme = fc.constantFrom("local://", "local:///", "awskms://", "awskms:///", "awskms://alias/", "");
    fc.assert(
      fc.property(scheme, fc.string({ unit: "binary" }), (start, rest) => {
        const { reference, problems } = parseSealReference(start + rest);
        assert.equal(reference === undefined, problems.length > 0);
      }),
    );
  });

  it("round-trips any absolute path", () => {
    const segment = fc
      .string({ minLength: 1, unit: "grapheme" })
      .filter((text) => !/^\.{1,2}$|[/\\]|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(text));
    fc.assert(
      fc.property(fc.array(segment, { minLength: 1 }), (segments) => {
        const url = `local:///${segments.map(encodeURIComponent).join("/")}`;
        assert.deepEqual(parseSealReference(url).reference, { scheme: "local", path: `/${segments.join("/")}` });
      }),
    );
  });

  it("needs no AWS SDK", () => {
    const program = `
      require("./providers/src/seal/references.ts").parseSealReference("awskms://alias/bots?region=eu-west-1");
      require("./providers/src/seal/open-sealer.ts").openSealer("awskms://alias/bots?region=eu-west-1", { environment: "production", env: {} });
      process.stdout.write(JSON.stringify(Object.keys(require.cache).filter((path) => /@aws-sdk|@smithy/.test(path))));
    `;
    const run = spawnSync(process.execPath, ["--import", "tsx", "-e", program], { encoding: "utf8" });
    assert.deepEqual({ status: run.status, loaded: run.stdout }, { status: 0, loaded: "[]" }, run.stderr);
  });
});

describe("opening a sealer", () => {
  it("keeps the reference it was opened with", () => {
    const sealer = openSealer("awskms://alias/bots", { environment: "production", env: { AWS_REGION: "eu-west-1" } });
    assert.equal(sealer.reference, "awskms://alias/bots");
  });

  it("refuses a malformed reference", () => {
    assert.throws(
      () => openSealer("local://key", { environment: "production", env: {} }),
      failsWith("InvalidInput", { text: /absolute path/ }),
    );
  });

  const AWSKMS = "awskms://alias/bots?region=eu-west-1";
  for (const environment of ["testnet", "production"] as const) {
    for (const name of ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_KMS", "AWS_ENDPOINT_URL_STS"]) {
      it(`refuses ${name} in ${environment}, naming it`, () => {
        const env = { [name]: "http://127.0.0.1:5000" };
        assert.throws(
          () => openSealer(AWSKMS, { environment, env }),
          failsWith("EnvironmentRefused", { text: new RegExp(`${name} is set`) }),
        );
      });
    }
  }

  for (const endpoint of [
    "https://kms.eu-west-1.amazonaws.com",
    "http://10.0.0.1",
    "http://localhost.example",
    "ftp://127.0.0.1",
    "127.0.0.1:1",
  ]) {
    it(`refuses ${endpoint} in the sandbox`, () => {
      const env = { AWS_ENDPOINT_URL_KMS: endpoint };
      assert.throws(
        () => openSealer(AWSKMS, { environment: "sandbox", env }),
        failsWith("EnvironmentRefused", { text: /loopback/, hides: [endpoint] }),
      );
    });
  }

  for (const endpoint of ["http://127.0.0.1:1", "http://127.3.2.1:1", "http://[::1]:1", "https://localhost:1"]) {
    it(`takes ${endpoint} in the sandbox`, () => {
      openSealer(AWSKMS, { environment: "sandbox", env: { AWS_ENDPOINT_URL: endpoint } });
    });
  }

  it("reaches no AWS from the sandbox", () => {
    assert.throws(
      () => openSealer(AWSKMS, { environment: "sandbox", env: {} }),
      failsWith("EnvironmentRefused", { text: /no endpoint/ }),
    );
  });
});
