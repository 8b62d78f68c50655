import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import type { SecureVersion } from "node:tls";
import { generate } from "selfsigned";
import { openSealer } from "../../providers/src/seal/open-sealer";
import type { Sealer } from "../../providers/src/seal/sealer";
import { CONTEXT, failsWith } from "./samples";

const PLAINTEXT = "a-secret-that-no-error-may-show";
const hides = [PLAINTEXT, Buffer.from(PLAINTEXT).toString("base64"), "arn:aws:iam::111122223333:user/somebody"];
const REFERENCE = "awskms://alias/bots?region=eu-west-1";

/** KMS as it answers when it does not do what was asked. moto denies nothing, and seals under a disabled key too. */
describe("KMS refusing", () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
  });

  async function sealerAt(server: Server, scheme: "http" | "https", reference = REFERENCE): Promise<Sealer> {
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    return openSealer(reference, { environment: "sandbox", env: { AWS_ENDPOINT_URL: `${scheme}://127.0.0.1:${port}` } });
  }

  function answering(status: number, code: string, asked: string[] = []): RequestListener {
    return (request, response) => {
      let body = "";
      request.on("data", (data) => {
        body += data;
      });
      request.on("end", () => {
        asked.push(String(request.headers["x-amz-target"]));
        // AWS quotes callers and contexts; a careless proxy would even quote the request.
        const message = `User: arn:aws:iam::111122223333:user/somebody is not authorized; ${body}`;
        response.writeHead(status, { "content-type": "application/x-amz-json-1.1" });
        response.end(JSON.stringify({ __type: code, message }));
      });
    };
  }

  const seal = (sealer: Sealer) => sealer.seal(Buffer.from(PLAINTEXT), CONTEXT);
  const open = (sealer: Sealer) => sealer.open("c2VhbGVk", CONTEXT);

  it("names the permission and the key when access is denied", async () => {
    const sealer = await sealerAt(createServer(answering(400, "AccessDeniedException")), "http");
    const code = "AccessDeniedException";
    await assert.rejects(seal(sealer), failsWith("SealFailed", { code, text: /kms:Encrypt on awskms:\/\/alias\/bots/, hides }));
    await assert.rejects(open(sealer), failsWith("OpenFailed", { code, text: /kms:Decrypt on awskms:\/\/alias\/bots/, hides }));
  });

  for (const [what, code, text] of [
    ["disabled", "DisabledException", /The key is disabled: enable awskms:\/\/alias\/bots\?region=eu-west-1 again/],
    ["pending deletion", "KMSInvalidStateException", /cancel its deletion/],
    ["in another region", "NotFoundException", /no such key or alias in that account and region/],
    ["throttled", "ThrottlingException", /Too many requests: try again later/],
    ["denied", "AccessDeniedException", /Allow kms:(?:Encrypt|Decrypt) on/],
  ] as const) {
    it(`names the key, and what to do, when it is ${what}`, async () => {
      const sealer = await sealerAt(createServer(answering(400, code)), "http");
      for (const [act, kind] of [
        [seal, "SealFailed"],
        [open, "OpenFailed"],
      ] as const) {
        await assert.rejects(act(sealer), failsWith(kind, { code, text, hides }));
        await assert.rejects(act(sealer), failsWith(kind, { text: /by awskms:\/\/alias\/bots\?region=eu-west-1/ }));
      }
    });
  }

  it("says whose key policy counts, where a denied key is named by its ARN", async () => {
    const arn = "arn:aws:kms:eu-west-1:444455556666:key/00000000-0000-4000-8000-000000000000";
    const sealer = await sealerAt(createServer(answering(400, "AccessDeniedException")), "http", `awskms:///${arn}`);
    const text = /kms:Encrypt on awskms:\/\/\/arn.*Where account 444455556666 is not this caller's own, the key's policy there/;
    await assert.rejects(seal(sealer), failsWith("SealFailed", { text, hides }));
    await assert.rejects(open(sealer), failsWith("OpenFailed", { text: /kms:Decrypt.*account 444455556666/, hides }));
    const ours = await sealerAt(createServer(answering(400, "AccessDeniedException")), "http");
    await assert.rejects(seal(ours), failsWith("SealFailed", { text: /^(?!.*Where account)/ }));
    const throttled = await sealerAt(createServer(answering(400, "ThrottlingException")), "http", `awskms:///${arn}`);
    await assert.rejects(seal(throttled), failsWith("SealFailed", { text: /^(?!.*Where account)/ }));
  });

  for (const [code, text] of [
    ["IncorrectKeyException", /alias may have moved/],
    ["ExpiredTokenException", /AWS credentials/],
    ["SomethingNewException", /refused to open/],
  ] as const) {
    it(`says what ${code} means`, async () => {
      const sealer = await sealerAt(createServer(answering(400, code)), "http");
      await assert.rejects(open(sealer), failsWith("OpenFailed", { code, text, hides }));
    });
  }

  it("tells a ciphertext that does not fit its context from a refusal", async () => {
    const code = "InvalidCiphertextException";
    const sealer = await sealerAt(createServer(answering(400, code)), "http");
    const text = /of another key, or was edited.*find out who changed it/;
    await assert.rejects(open(sealer), failsWith("WrongContext", { code, text, hides }));
  });

  for (const [status, code] of [
    [400, "ThrottlingException"],
    [500, "KMSInternalException"],
  ] as const) {
    it(`asks three times, and no more, when told ${code}`, async () => {
      const asked: string[] = [];
      const sealer = await sealerAt(createServer(answering(status, code, asked)), "http");
      await assert.rejects(seal(sealer), failsWith("SealFailed", { code, hides }));
      assert.deepEqual(asked, Array(3).fill("TrentService.Encrypt"));
    });
  }

  it("asks once when access is denied", async () => {
    const asked: string[] = [];
    const sealer = await sealerAt(createServer(answering(400, "AccessDeniedException", asked)), "http");
    await assert.rejects(seal(sealer), failsWith("SealFailed"));
    assert.deepEqual(asked, ["TrentService.Encrypt"]);
  });

  it("does not take an answer without content for one", async () => {
    const empty: RequestListener = (_, response) => response.writeHead(200).end("{}");
    const sealer = await sealerAt(createServer(empty), "http");
    await assert.rejects(seal(sealer), failsWith("SealFailed", { code: "EmptyAnswer" }));
    await assert.rejects(open(sealer), failsWith("OpenFailed", { code: "EmptyAnswer" }));
  });

  it("says so when nobody listens", async () => {
    const server = createServer();
    const sealer = await sealerAt(server, "http");
    server.close();
    await once(server, "close");
    await assert.rejects(seal(sealer), failsWith("SealFailed", { code: "ECONNREFUSED", text: /could not be asked/, hides }));
  });

  it("gives up on a server that never answers", async () => {
    const sealer = await sealerAt(
      createServer(() => {}),
      "http",
    );
    await assert.rejects(seal(sealer), failsWith("SealFailed", { code: "TimeoutError", hides }));
  });

  async function tlsServer(maxVersion: SecureVersion): Promise<Server> {
    const { private: key, cert } = await generate([{ name: "commonName", value: "127.0.0.1" }]);
    return createTlsServer({ key, cert, minVersion: "TLSv1.2", maxVersion }, answering(200, ""));
  }

  it("refuses a server that speaks TLS 1.2 only", async () => {
    const sealer = await sealerAt(await tlsServer("TLSv1.2"), "https");
    await assert.rejects(seal(sealer), failsWith("SealFailed", { code: "TlsRefused", text: /TLS 1\.3/ }));
  });

  it("refuses a certificate that nobody vouches for, whatever the environment says", async () => {
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
    try {
      const sealer = await sealerAt(await tlsServer("TLSv1.3"), "https");
      await assert.rejects(seal(sealer), failsWith("SealFailed", { code: "DEPTH_ZERO_SELF_SIGNED_CERT" }));
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
  });

  it("asks for a region where none is known", async () => {
    const before = process.env.AWS_REGION;
    delete process.env.AWS_REGION;
    try {
      const env = { AWS_ENDPOINT_URL: "http://127.0.0.1:1" };
      const sealer = openSealer("awskms://alias/bots", { environment: "sandbox", env });
      await assert.rejects(seal(sealer), failsWith("SealFailed", { code: "RegionMissing", text: /\?region=/ }));
    } finally {
      if (before !== undefined) process.env.AWS_REGION = before;
    }
  });
});
