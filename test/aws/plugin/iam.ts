import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetRoleCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { z } from "zod";
import { answered, inputsOf, isFound, policy, type Served, served, tags, unlessGone } from "./served";

const named = { name: z.string().optional(), description: z.string().optional(), path: z.string().optional() };

function listed(all: Readonly<Record<string, string>> = {}) {
  return Object.entries(all).map(([Key, Value]) => ({ Key, Value }));
}

/** Who may do what. */
export const IAM: Readonly<Record<string, Served>> = {
  "aws:iam/role:Role": served({
    inputs: inputsOf({ ...named, assumeRolePolicy: policy, maxSessionDuration: z.number().optional(), tags }),
    inPlace: ["assumeRolePolicy"],
    create: async ({ iam }, inputs, name) => {
      const RoleName = inputs.name ?? name;
      const { assumeRolePolicy, description, path, maxSessionDuration } = inputs;
      const about = { Description: description, Path: path, MaxSessionDuration: maxSessionDuration, Tags: listed(inputs.tags) };
      const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: assumeRolePolicy, ...about }));
      const [arn, uniqueId] = [answered(Role?.Arn, "the ARN of a role"), answered(Role?.RoleId, "the id of a role")];
      return { id: RoleName, outputs: { name: RoleName, arn, uniqueId } };
    },
    update: async ({ iam }, { id }, { assumeRolePolicy }) => {
      await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: id, PolicyDocument: assumeRolePolicy }));
      return {};
    },
    remove: ({ iam }, { id }) => unlessGone(() => iam.send(new DeleteRoleCommand({ RoleName: id }))),
    exists: ({ iam }, { id }) => isFound(() => iam.send(new GetRoleCommand({ RoleName: id }))),
  }),

  "aws:iam/rolePolicy:RolePolicy": served({
    inputs: inputsOf({ name: z.string().optional(), policy, role: z.string() }),
    inPlace: ["policy"],
    create: async ({ iam }, inputs, name) => {
      const PolicyName = inputs.name ?? name;
      await iam.send(new PutRolePolicyCommand({ RoleName: inputs.role, PolicyName, PolicyDocument: inputs.policy }));
      return { id: `${inputs.role}:${PolicyName}`, outputs: { name: PolicyName } };
    },
    update: async ({ iam }, { outputs }, inputs) => {
      const which = { RoleName: inputs.role, PolicyName: String(outputs.name) };
      await iam.send(new PutRolePolicyCommand({ ...which, PolicyDocument: inputs.policy }));
      return {};
    },
    remove: ({ iam }, { inputs, outputs }) => {
      const which = { RoleName: inputs.role, PolicyName: String(outputs.name) };
      return unlessGone(() => iam.send(new DeleteRolePolicyCommand(which)));
    },
  }),

  "aws:iam/policy:Policy": served({
    inputs: inputsOf({ ...named, policy, tags }),
    create: async ({ iam }, inputs, name) => {
      const PolicyName = inputs.name ?? name;
      const about = { Description: inputs.description, Path: inputs.path, Tags: listed(inputs.tags) };
      const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName, PolicyDocument: inputs.policy, ...about }));
      const arn = answered(Policy?.Arn, "the ARN of a policy");
      return { id: arn, outputs: { arn, name: PolicyName, policyId: answered(Policy?.PolicyId, "the id of a policy") } };
    },
    remove: ({ iam }, { id }) => unlessGone(() => iam.send(new DeletePolicyCommand({ PolicyArn: id }))),
    exists: ({ iam }, { id }) => isFound(() => iam.send(new GetPolicyCommand({ PolicyArn: id }))),
  }),

  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": served({
    inputs: inputsOf({ role: z.string(), policyArn: z.string() }),
    create: async ({ iam }, { role, policyArn }) => {
      await iam.send(new AttachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn }));
      return { id: `${role}-${policyArn}`, outputs: {} };
    },
    remove: ({ iam }, { inputs: { role, policyArn } }) =>
      unlessGone(() => iam.send(new DetachRolePolicyCommand({ RoleName: role, PolicyArn: policyArn }))),
  }),
};
