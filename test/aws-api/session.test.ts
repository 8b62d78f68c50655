import assert from "node:assert/strict";
import { AwsSessions } from "../../providers/src/aws-api/session";

describe("sessions with AWS", () => {
  const client = { config: { region: async () => "eu-west-1" } };
  const sessions = new AwsSessions(async (options) => ({ client, options }));
  const production = { service: "SSM", environment: "production", env: {} } as const;

  it("are the same for the same place, and others for another region, environment or identity", () => {
    const at = (region: string, env = {}, environment: "production" | "testnet" = "production") =>
      sessions.at({ service: "SSM", region, environment, env });
    assert.equal(at("eu-west-1"), at("eu-west-1"));
    assert.notEqual(at("eu-west-1"), at("eu-west-2"));
    assert.notEqual(at("eu-west-1"), at("eu-west-1", {}, "testnet"));
    assert.notEqual(at("eu-west-1"), at("eu-west-1", { AWS_PROFILE: "other" }));
  });

  it("load nothing before the first call, and connect once", async () => {
    let connected = 0;
    const counting = new AwsSessions(async () => {
      connected += 1;
      return { client };
    });
    const ask = counting.at(production);
    assert.equal(connected, 0);
    await ask(async () => undefined);
    await ask(async () => undefined);
    assert.equal(connected, 1);
  });

  it("take no endpoint from a profile, no TLS below 1.3, and give up well before ten seconds", async () => {
    const { options } = await sessions.at(production)(async (api) => api);
    assert.equal(options.ignoreConfiguredEndpointUrls, true);
    assert.equal(options.endpoint, undefined);
    assert.equal(options.requestHandler.httpsAgent.options.minVersion, "TLSv1.3");
    assert.equal(options.requestHandler.httpsAgent.options.rejectUnauthorized, true);
    const { connectionTimeout, requestTimeout } = options.requestHandler;
    assert.ok(options.maxAttempts * requestTimeout < 10_000 && connectionTimeout < requestTimeout);
  });

  it("give up on whatever does not end: an answer that drips, or credentials that never come", async () => {
    const forEver = new Promise<never>(() => undefined);
    const hanging = new AwsSessions(() => forEver as Promise<{ client: typeof client }>);
    const began = performance.now();
    const asks = [sessions.at(production)(() => forEver), hanging.at(production)(async () => undefined)];
    for (const one of await Promise.allSettled(asks)) assert.equal(one.status === "rejected" && one.reason.name, "TimeoutError");
    assert.ok(performance.now() - began > 7000, "it was given its time");
  });

  it("in the sandbox take the service's own endpoint before the common one, and name the variable that lacks", () => {
    const sandbox = { ...production, environment: "sandbox" } as const;
    const env = { AWS_ENDPOINT_URL: "https://example.com", AWS_ENDPOINT_URL_SSM: "http://127.0.0.1:1" };
    sessions.at({ ...sandbox, env });
    assert.throws(() => sessions.at({ ...sandbox, service: "S3", env }), /AWS_ENDPOINT_URL does not name a loopback address/);
    assert.throws(() => sessions.at(sandbox), /Set AWS_ENDPOINT_URL_SSM to an emulator on this machine/);
  });
});
