import assert from "node:assert/strict";
import { KEY_TYPE } from "../../bench/checkpoint";
import type { Registration, Report } from "./child";
import { type Config, runProgram, stackConfig } from "./run";

const EIP = "aws:ec2/eip:Eip";
const ROUTE = "aws:ec2/route:Route";
const NAT = "aws:ec2/natGateway:NatGateway";

const named = (report: Report, type: string): readonly string[] =>
  report.registered
    .filter((one) => one.type === type)
    .map(({ name }) => name)
    .sort();

function one(report: Report, type: string, name: string): Registration {
  const found = report.registered.find((registration) => registration.type === type && registration.name === name);
  assert.ok(found, `${type} ${name} is not there`);
  return found;
}

describe("a stack on AWS", function () {
  // Each case starts a process that loads the SDK.
  this.timeout(1_200_000);

  let prod: Config = {};

  before(async () => {
    prod = await stackConfig("prod");
  });

  const egress = (section: object): Config => ({ ...prod, "desk:egress": section });
  const refusal = async (config: Config): Promise<string> => (await runProgram({ config, preview: true })).failure?.message ?? "";

  it("plans its first preview with nothing known, and without any credential", async () => {
    const report = await runProgram({ config: prod, preview: true });
    assert.equal(report.failure, undefined);
    assert.equal(named(report, KEY_TYPE).length, Object.keys(prod["desk:keys"] as object).length);
    const { ipWhitelist } = one(report, KEY_TYPE, "bybit-mm").inputs;
    assert.deepEqual(ipWhitelist, [{ __pulumiUnknown: true }, { __pulumiUnknown: true }]);
  });

  it("refuses a wrong key in that preview all the same", async () => {
    const [[name, first]] = Object.entries(prod["desk:keys"] as Record<string, object>) as [[string, object]];
    const keys = { [name]: { ...first, scopes: ["withdraw"] } };
    assert.match(await refusal({ ...prod, "desk:keys": keys }), /bybit-mm: scopes withdraw is for AdoptedApiKey only/);
  });

  it("lets keys know every address before anything calls from it", async () => {
    const report = await runProgram({ config: prod });
    const keys = named(report, KEY_TYPE).map((name) => `${KEY_TYPE} ${name}`);
    for (const zone of ["eu-west-1a", "eu-west-1b"]) {
      const { dependencies } = one(report, ROUTE, `egress-private-${zone}`);
      for (const key of keys) assert.ok(dependencies.includes(key), `${zone} does not wait for ${key}`);
    }
    for (const name of named(report, KEY_TYPE)) {
      const waits = one(report, KEY_TYPE, name).dependencies;
      for (const eip of named(report, EIP)) assert.ok(waits.includes(`${EIP} ${eip}`), `${name} does not hold ${eip}`);
    }
  });

  it("keeps a draining address beside the new one, whitelisted and no longer protected", async () => {
    const zones = { "eu-west-1a": { generation: 2, draining: [1] }, "eu-west-1b": { generation: 1 } };
    const report = await runProgram({ config: egress({ mode: "natPerZone", zones }) });
    assert.deepEqual(named(report, EIP), ["egress-eu-west-1a-g1", "egress-eu-west-1a-g2", "egress-eu-west-1b-g1"]);
    assert.deepEqual(
      ["egress-eu-west-1a-g1", "egress-eu-west-1a-g2"].map((name) => one(report, EIP, name).protect),
      [false, true],
    );
    assert.deepEqual(named(report, NAT), ["egress-eu-west-1a-g2", "egress-eu-west-1b-g1"]);
    assert.equal((one(report, KEY_TYPE, "okx-mm").inputs.ipWhitelist as string[]).length, 3);
    assert.equal(one(report, ROUTE, "egress-private-eu-west-1a").inputs.natGatewayId, "egress-eu-west-1a-g2");
  });

  it("whitelists a bot's own address only for that bot", async () => {
    const bots = { "mm-1": { generation: 1 }, "arb-1": { generation: 1 } };
    const { "desk:routes": _, ...config } = egress({ mode: "perBot", bots });
    const report = await runProgram({ config });
    for (const [key, bot] of [
      ["bybit-mm", "mm-1"],
      ["bybit-arb-spot", "arb-1"],
    ] as const) {
      const { publicIp } = one(report, EIP, `egress-${bot}-g1`).answered;
      assert.deepEqual(one(report, KEY_TYPE, key).inputs.ipWhitelist, [publicIp]);
    }
  });

  it("refuses what cannot be, with every problem and where it is declared", async () => {
    assert.match(await refusal(egress({ mode: "natPerZone", zones: {} })), /zones names no zone/);
    const wrong = { mode: "natPerZone", zones: { home: { generation: 0 }, "eu-west-1a": { generation: 2, draining: [2] } } };
    const message = await refusal(egress(wrong));
    assert.match(message, /^ {2}zones\.home\.generation must be a whole number from 1 on$/m);
    assert.match(message, /^ {2}zones\.eu-west-1a\.draining\[0\] is the generation in use$/m);
    const given = await refusal(egress({ mode: "given", addresses: ["10.0.0.1", "52.1.2.3"], reason: "office" }));
    assert.match(given, /^ {2}addresses\[0\] is a private address/m);
    assert.match(given, /^ {2}reason must say in at least 10 characters/m);
  });

  it("refuses segments that overlap", async () => {
    const routes = (vpc: object): Config => ({ ...prod, "desk:routes": { vpc } });
    assert.match(
      await refusal(routes({ cidr: "10.64.0.0/16", avoid: ["10.64.8.0/24"] })),
      /vpc\.avoid\[0\] 10\.64\.8\.0\/24 overlaps vpc\.cidr 10\.64\.0\.0\/16/,
    );
    const subnets = { "eu-west-1b": { private: "10.64.8.0/21" } };
    assert.match(await refusal(routes({ cidr: "10.64.0.0/16", subnets })), /eu-west-1b\.private 10\.64\.8\.0\/21 overlaps/);
  });

  it("refuses more addresses than an exchange takes, though none is known", async () => {
    const draining = Array.from({ length: 20 }, (_, index) => index + 1);
    const zones = { "eu-west-1a": { generation: 21, draining }, "eu-west-1b": { generation: 1 } };
    assert.match(
      await refusal(egress({ mode: "natPerZone", zones })),
      /bybit-mm: ipWhitelist holds 22 addresses; Bybit takes 20/,
    );
  });

  it("refuses a bot without a role, and two bots with one", async () => {
    const role = "arn:aws:iam::123456789012:role/bots/mm-1";
    const bots = (section: object): Config => ({ ...prod, "desk:bots": section });
    assert.match(await refusal(bots({ "mm-1": { role } })), /desk:keys\.gate-arb\.bot: "arb-1" has no role in desk:bots/);
    assert.match(await refusal(bots({ "mm-1": { role }, "arb-1": { role } })), /openers\[1\] repeats openers\[0\]/);
  });
});
