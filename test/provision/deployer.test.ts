/**
 * `docs/deployer-policy.json` against the calls that a deployment makes. It is evaluated by a library that knows AWS's rules, not by AWS;
 * calls are those of the test plugin and of the provider's own code, so a new one has to come here.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/setup/paths";
import { type Attempt, DELEGATING, isAllowed, KEY } from "./simulate";

const policy = JSON.parse(readFileSync(join(root, "docs", "deployer-policy.json"), "utf8"));

const OWNER = "example-desk";
const asked = (owner = OWNER) => ({
  "aws:RequestTag/exchange-keys:owner": owner,
  "aws:TagKeys": ["exchange-keys:owner", "Name"],
});
const on = (owner = OWNER) => ({ "aws:ResourceTag/exchange-keys:owner": owner });
const ec2 = (id: string): string => `arn:aws:ec2:eu-west-1:123456789012:${id}/${id}-0123456789abcdef0`;
const [eip, vpc, subnet, table] = ["elastic-ip", "vpc", "subnet", "route-table"].map(ec2) as [string, string, string, string];
const [gateway, nat, instance] = [ec2("internet-gateway"), ec2("natgateway"), ec2("instance")];
const alias = `arn:aws:kms:eu-west-1:123456789012:alias/exchange-keys/${OWNER}`;
const botRole = "arn:aws:iam::123456789012:role/bots/mm-1";
const parameter = "arn:aws:ssm:eu-west-1:123456789012:parameter/exchange-keys/prod/bybit-mm";
const object = "arn:aws:s3:::example-desk-documents/exchange-keys/bybit-mm.json";
const secret = (name: string): string => `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${OWNER}/${name}-a1b2c3`;

type Request = Pick<Attempt, "action" | "resource" | "variables">;
const request = (action: string, resource: string, variables: Attempt["variables"] = {}): Request => ({
  action,
  resource,
  variables,
});

/** Networks that carry the owner's tag: action → each kind of thing that AWS asks about. */
const OWN: Readonly<Record<string, readonly string[]>> = {
  AssociateAddress: [eip, instance],
  DisassociateAddress: [eip],
  ReleaseAddress: [eip],
  ModifyVpcAttribute: [vpc],
  DeleteVpc: [vpc],
  AttachInternetGateway: [gateway, vpc],
  DetachInternetGateway: [gateway, vpc],
  DeleteInternetGateway: [gateway],
  ModifySubnetAttribute: [subnet],
  DeleteSubnet: [subnet],
  DeleteNatGateway: [nat],
  AssociateRouteTable: [table, subnet],
  ReplaceRouteTableAssociation: [table, subnet],
  DisassociateRouteTable: [table],
  DeleteRouteTable: [table],
  CreateRoute: [table],
  ReplaceRoute: [table],
  DeleteRoute: [table],
};

/** What is made, and what it is made in or of. */
const MADE: Readonly<Record<string, readonly [string, ...string[]]>> = {
  AllocateAddress: [eip],
  CreateVpc: [vpc],
  CreateInternetGateway: [gateway],
  CreateSubnet: [subnet, vpc],
  CreateRouteTable: [table, vpc],
  CreateNatGateway: [nat, eip, subnet],
};

const LOOKS = ["Addresses", "NatGateways", "RouteTables", "Subnets", "Vpcs"].map((what) => `Describe${what}`);

const each = (service: string, actions: readonly string[], resource: string): readonly Request[] =>
  actions.map((action) => request(`${service}:${action}`, resource));

const NEEDED: readonly Request[] = [
  ...each("ec2", LOOKS, "*"),
  ...Object.entries(MADE).flatMap(([action, [made, ...used]]) => [
    request(`ec2:${action}`, made, asked()),
    request("ec2:CreateTags", made, { ...asked(), "ec2:CreateAction": action }),
    ...used.map((resource) => request(`ec2:${action}`, resource, on())),
  ]),
  ...Object.entries(OWN).flatMap(([action, resources]) => resources.map((one) => request(`ec2:${action}`, one, on()))),
  request("ec2:CreateTags", eip, { ...on(), "aws:TagKeys": ["desk"], "aws:RequestTag/desk": "a" }),
  request("ec2:DeleteTags", eip, { ...on(), "aws:TagKeys": ["desk"] }),
  request("kms:CreateKey", "*", asked()),
  request("kms:TagResource", KEY, asked()),
  ...each("kms", ["CreateAlias", "UpdateAlias", "DeleteAlias"], alias),
  ...each("iam", ["PutRolePolicy", "DeleteRolePolicy"], botRole),
  ...each("ssm", ["PutParameter", "GetParameter", "GetParameterHistory", "DeleteParameter"], parameter),
  ...each("s3", ["PutObject", "GetObject", "DeleteObject"], object),
  request("s3:ListBucket", "arn:aws:s3:::example-desk-documents"),
  request("secretsmanager:GetSecretValue", secret("parents/bybit")),
  ...each("secretsmanager", ["CreateSecret", "DescribeSecret", "PutSecretValue"], secret("bots/mm-1")),
  ...each("secretsmanager", ["UpdateSecretVersionStage", "DeleteSecret", "RestoreSecret"], secret("bots/mm-1")),
];

const REFUSED: readonly Request[] = [
  ...Object.entries(MADE).flatMap(([action, [made, ...used]]) => [
    request(`ec2:${action}`, made),
    request(`ec2:${action}`, made, asked("other")),
    ...used.map((resource) => request(`ec2:${action}`, resource, on("other"))),
  ]),
  ...Object.entries(OWN).flatMap(([action, [first = ""]]) => [
    request(`ec2:${action}`, first),
    request(`ec2:${action}`, first, on("other")),
  ]),
  // Taking somebody else's by giving it the tag, or giving the tag away.
  request("ec2:CreateTags", eip, asked()),
  request("ec2:CreateTags", eip, { ...asked(), ...on("other") }),
  request("ec2:DeleteTags", eip, { ...on(), "aws:TagKeys": ["exchange-keys:owner"] }),
  request("kms:CreateKey", "*"),
  ...each("kms", ["UpdateAlias", "DeleteAlias"], alias.replace(OWNER, "other")),
  ...each("kms", ["Encrypt", "Decrypt", "PutKeyPolicy", "ScheduleKeyDeletion", "CreateGrant"], KEY),
  ...each("iam", ["PutRolePolicy", "DeleteRolePolicy"], "arn:aws:iam::123456789012:role/desk/deployer"),
  ...each("iam", ["AttachRolePolicy", "UpdateAssumeRolePolicy", "DeleteRole", "PassRole"], botRole),
  ...each("ssm", ["PutParameter", "GetParameter"], parameter.replace("/prod/", "/other/")),
  ...each("s3", ["PutObject", "DeleteObject"], object.replace("/exchange-keys/", "/other/")),
  ...each("secretsmanager", ["GetSecretValue"], secret("bots/mm-1")),
  ...each("secretsmanager", ["PutSecretValue", "DeleteSecret"], secret("parents/bybit")),
];

/** Calls that the key policy allows, which names the deployer as administrator and sealer; see `policies.test.ts`. */
const BY_KEY_POLICY = [
  ...["DescribeKey", "EnableKeyRotation", "PutKeyPolicy", "ScheduleKeyDeletion", "UntagResource", "UpdateKeyDescription"],
  ...["Encrypt", "Decrypt"],
];
/** Calls of the test plugin for types that no component makes. */
const NOT_OURS = /^(?:\w+RolePolic(?:y|ies)|\w+Role|\w*AssumeRolePolicy|(?:Create|Get|Delete)Policy)$/;
const OURS = ["PutRolePolicy", "DeleteRolePolicy"];

function callsIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder)).flatMap((file) => {
    if (!file.endsWith(".ts")) return [];
    const text = readFileSync(join(root, folder, file), "utf8");
    return [...text.matchAll(/new (?:sdk\.)?(\w+)Command\(/g)].map(([, name = ""]) => name);
  });
}

/** With AWS's default key policy, which leaves everything to IAM. */
const allowed = (one: Request): Promise<boolean> =>
  isAllowed({ who: "deployer", identity: policy, ...(one.resource === KEY ? { key: DELEGATING } : {}), ...one });
const titled = ({ action, resource, variables = {} }: Request): string =>
  `${action} on ${resource?.split(":").at(-1)} ${JSON.stringify(variables)}`;

describe("the deployer's policy of the documentation, evaluated by a library and not by AWS", function () {
  this.timeout(300_000);

  for (const one of NEEDED) {
    it(`allows ${titled(one)}`, async () => {
      assert.equal(await allowed(one), true);
    });
  }

  for (const one of REFUSED) {
    it(`refuses ${titled(one)}`, async () => {
      assert.equal(await allowed(one), false);
    });
  }

  it("knows every call that is made", () => {
    const known = [...NEEDED.map(({ action }) => action.split(":")[1]), ...BY_KEY_POLICY];
    const folders = ["seal", "publish", "deliver", "credentials"].map((name) => `providers/src/${name}`);
    const made = ["test/aws/plugin", ...folders].flatMap(callsIn);
    assert.ok(made.length > 40, "the calls were not found");
    const unknown = made.filter((call) => !known.includes(call) && (OURS.includes(call) || !NOT_OURS.test(call)));
    assert.deepEqual(unknown, []);
  });
});
