import assert from "node:assert/strict";
import { KEY_TYPE } from "../../bench/checkpoint";
import type { Registration, Report } from "./child";
import { type Config, runProgram, stackConfig } from "./run";

const NAT = "aws:ec2/natGateway:NatGateway";
const ROUTE = "aws:ec2/route:Route";
const ASSOCIATION = "aws:ec2/eipAssociation:EipAssociation";

const subnet = (digit: string): string => `subnet-${digit.repeat(8)}`;
const table = (digit: string): string => `rtb-${digit.repeat(8)}`;

function all({ registered }: Report, type: string): readonly Registration[] {
  return registered.filter((one) => one.type === type).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Nothing calls from an address before every key lets it in. */
function assertAfterKeys(report: Report, resources: readonly Registration[]): void {
  const keys = all(report, KEY_TYPE).map(({ name }) => `${KEY_TYPE} ${name}`);
  assert.ok(keys.length > 0 && resources.length > 0);
  for (const { name, dependencies } of resources)
    for (const key of keys) assert.ok(dependencies.includes(key), `${name} does not wait for ${key}`);
}

describe("routes of a stack on AWS", function () {
  // Each case starts a process that loads the SDK.
  this.timeout(1_200_000);

  let prod: Config = {};

  before(async () => {
    prod = await stackConfig("prod");
  });

  const run = (changes: Config, preview = false): Promise<Report> => runProgram({ config: { ...prod, ...changes }, preview });
  const zones = {
    "eu-west-1a": { publicSubnet: subnet("a"), routeTables: { bots: table("a"), tools: table("c") } },
    "eu-west-1b": { publicSubnet: subnet("b"), routeTables: { bots: table("b") } },
  };

  it("leave an existing VPC by a gateway in each zone's subnet, for each route table there", async () => {
    const report = await run({ "desk:routes": { existingVpc: { zones } } });
    assert.equal(report.failure, undefined);
    assert.deepEqual(
      all(report, NAT).map(({ name, inputs: { subnetId, allocationId } }) => [name, subnetId, allocationId]),
      [
        ["egress-eu-west-1a-g1", subnet("a"), "eipalloc-egress-eu-west-1a-g1"],
        ["egress-eu-west-1b-g1", subnet("b"), "eipalloc-egress-eu-west-1b-g1"],
      ],
    );
    const routes = all(report, ROUTE);
    assert.deepEqual(
      routes.map(({ name, inputs: { routeTableId, natGatewayId } }) => [name, routeTableId, natGatewayId]),
      [
        ["egress-eu-west-1a-bots", table("a"), "egress-eu-west-1a-g1"],
        ["egress-eu-west-1a-tools", table("c"), "egress-eu-west-1a-g1"],
        ["egress-eu-west-1b-bots", table("b"), "egress-eu-west-1b-g1"],
      ],
    );
    assertAfterKeys(report, routes);
    assert.deepEqual(all(report, "aws:ec2/vpc:Vpc"), []);
  });

  it("refuse an existing VPC that lacks a zone or misnames a table", async () => {
    const { "eu-west-1b": _, ...one } = zones;
    const lacking = await run({ "desk:routes": { existingVpc: { zones: one } } }, true);
    assert.match(lacking.failure?.message ?? "", /existingVpc\.zones\.eu-west-1b is required: it has an address in use/);
    const wrong = { ...zones, "eu-west-1b": { publicSubnet: subnet("b"), routeTables: { bots: subnet("b") } } };
    const misnamed = await run({ "desk:routes": { existingVpc: { zones: wrong } } }, true);
    assert.match(misnamed.failure?.message ?? "", /routeTables\.bots must be an id, such as rtb-/);
  });

  const perBot = { mode: "perBot", bots: { "mm-1": { generation: 2, draining: [1] }, "arb-1": { generation: 1 } } };

  it("put each bot's address in use on its machine", async () => {
    const instances = { "mm-1": { instance: "i-0123456789abcdef0" }, "arb-1": { networkInterface: "eni-0123456789abcdef0" } };
    const report = await run({ "desk:egress": perBot, "desk:routes": { instances } });
    assert.equal(report.failure, undefined);
    const associations = all(report, ASSOCIATION);
    assert.deepEqual(
      associations.map(({ name, inputs }) => [name, inputs]),
      [
        ["egress-arb-1-g1", { allocationId: "eipalloc-egress-arb-1-g1", networkInterfaceId: "eni-0123456789abcdef0" }],
        ["egress-mm-1-g2", { allocationId: "eipalloc-egress-mm-1-g2", instanceId: "i-0123456789abcdef0" }],
      ],
    );
    assertAfterKeys(report, associations);
  });

  it("refuse a machine that is both or neither, and a kind that does not fit the addresses", async () => {
    const both = { instance: "i-0123456789abcdef0", networkInterface: "eni-0123456789abcdef0" };
    const instances = { "mm-1": both, "arb-1": {} };
    const { failure } = await run({ "desk:egress": perBot, "desk:routes": { instances } }, true);
    for (const bot of ["mm-1", "arb-1"])
      assert.match(failure?.message ?? "", new RegExp(`instances\\.${bot} must name either an instance or a networkInterface`));
    const unfit = await run({ "desk:egress": perBot }, true);
    assert.match(unfit.failure?.message ?? "", /vpc is not for addresses of mode perBot/);
  });
});
