import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { policies } from "../../policy/policies";
import { root } from "../../scripts/setup/paths";
import type { Resource } from "./judge";
import { apiKey, UNKNOWN } from "./samples";

/** Levels of Pulumi's protocol. */
const [ADVISORY, MANDATORY] = [0, 1];

/** Of a message of Pulumi's protocol: plain JavaScript in and out. */
interface Message {
  toObject(): Readonly<Record<string, unknown>>;
}

type Call = (request: unknown, done: (error: Error | null, answer: Message) => void) => void;

// What the policy SDK itself speaks with; Pulumi's SDK brings it along.
const fromSdk = createRequire(require.resolve("@pulumi/pulumi"));
const grpc = fromSdk("@grpc/grpc-js");
const { Struct } = fromSdk("google-protobuf/google/protobuf/struct_pb.js");
const { Empty } = fromSdk("google-protobuf/google/protobuf/empty_pb.js");
const messages = fromSdk("@pulumi/pulumi/proto/analyzer_pb.js");
const { AnalyzerClient } = fromSdk("@pulumi/pulumi/proto/analyzer_grpc_pb.js");

describe("the policy pack as the CLI loads it", function () {
  // The pack is compiled with its types each time it is loaded.
  this.timeout(1_200_000);

  let pack: ChildProcess;
  let client: Readonly<Record<"getAnalyzerInfo" | "analyze" | "analyzeStack" | "configure", Call>> & { close(): void };

  const ask = async (method: "getAnalyzerInfo" | "analyze" | "analyzeStack" | "configure", request: unknown) =>
    (await promisify(client[method].bind(client) as Call)(request)).toObject();

  before(async () => {
    const folder = join(root, "policy");
    // The program that the CLI's language host starts for a pack of runtime nodejs; the address is the engine's, which it does not call.
    const loader = join(root, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");
    pack = spawn(process.execPath, [loader, "127.0.0.1:1", folder], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
    assert.ok(pack.stdout);
    const [port] = await once(createInterface(pack.stdout), "line");
    client = new AnalyzerClient(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  });

  after(async () => {
    client?.close();
    pack.kill();
    if (pack.exitCode === null && pack.signalCode === null) await once(pack, "exit");
  });

  function requestFor({ type, name, props }: Resource): unknown {
    const request = new messages.AnalyzeRequest();
    request.setType(type);
    request.setName(name);
    request.setUrn(`urn:pulumi:test::exchange-keys::${type}::${name}`);
    request.setProperties(Struct.fromJavaScript(props));
    request.setOptions(new messages.AnalyzerResourceOptions());
    return request;
  }

  async function refusals(resource: Resource): Promise<readonly unknown[]> {
    const { diagnosticsList } = await ask("analyze", requestFor(resource));
    return (diagnosticsList as readonly { readonly policyname: string; readonly message: string }[]).map(
      ({ policyname, message }) => `${policyname}: ${message}`,
    );
  }

  it("serves every rule with its level, severity and remedy", async () => {
    const { name, policiesList } = await ask("getAnalyzerInfo", new Empty());
    assert.equal(name, "exchange-keys");
    const served = policiesList as readonly Readonly<Record<string, unknown>>[];
    assert.deepEqual(
      served.map((one) => one.name),
      policies.map((one) => one.name),
    );
    assert.deepEqual(
      served.map((one) => one.remediationSteps),
      policies.map((one) => one.remediationSteps),
    );
    for (const one of served) {
      const level = one.name === "not-checked-yet" ? ADVISORY : MANDATORY;
      assert.ok(Number(one.enforcementlevel) === level && Number(one.severity) > 0, JSON.stringify(one));
    }
  });

  it("refuses a key", async () => {
    const [first, ...others] = await refusals(apiKey("a", { scopes: ["read", "spot", "withdraw"] }));
    assert.match(String(first), /^no-trade-with-withdraw: .*holds withdraw together with a trade scope/s);
    assert.deepEqual(others, []);
  });

  it("says of values that a preview does not know that they are not checked yet, and checks them on up", async () => {
    const [only, ...others] = await refusals(apiKey("a", { scopes: UNKNOWN, ipWhitelist: [UNKNOWN], seal: UNKNOWN }));
    assert.match(String(only), /^not-checked-yet: .*this preview does not know: scopes, ipWhitelist, seal/s);
    assert.deepEqual(others, []);
    const [known] = await refusals(apiKey("a", { scopes: ["spot", "withdraw"], ipWhitelist: ["52.1.2.3"] }));
    assert.match(String(known), /^no-trade-with-withdraw: /);
  });

  it("refuses across keys", async () => {
    const request = new messages.AnalyzeStackRequest();
    const keys = [apiKey("a", { bot: "mm-1" }), apiKey("b", { bot: "mm-1" }), apiKey("c", { bot: UNKNOWN })];
    for (const { type, name, props } of keys) {
      const resource = new messages.AnalyzerResource();
      resource.setType(type);
      resource.setName(name);
      resource.setUrn(name);
      resource.setProperties(Struct.fromJavaScript(props));
      resource.setOptions(new messages.AnalyzerResourceOptions());
      request.addResources(resource);
    }
    const { diagnosticsList } = await ask("analyzeStack", request);
    const found = diagnosticsList as readonly { readonly policyname: string; readonly urn: string }[];
    assert.deepEqual(
      found.map(({ policyname, urn }) => [policyname, urn]),
      [["one-key-per-bot", "b"]],
    );
  });

  it("takes its configuration", async () => {
    const request = new messages.ConfigureAnalyzerRequest();
    const config = new messages.PolicyConfig();
    config.setProperties(Struct.fromJavaScript({ maxAgeDays: 14 }));
    request.getPolicyconfigMap().set("maximum-age", config);
    await ask("configure", request);
    assert.match(String(await refusals(apiKey("a"))), /may become 30d old, the most is 14d/);
  });
});
