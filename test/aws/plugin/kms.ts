import {
  CreateAliasCommand,
  CreateKeyCommand,
  DeleteAliasCommand,
  DescribeKeyCommand,
  EnableKeyRotationCommand,
  PutKeyPolicyCommand,
  ScheduleKeyDeletionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateAliasCommand,
  UpdateKeyDescriptionCommand,
} from "@aws-sdk/client-kms";
import { z } from "zod";
import { answered, inputsOf, policy, type Served, served, tags, unlessGone } from "./served";

/** Days; AWS's own default. */
const LONGEST_WAIT = 30;

const keyInputs = inputsOf({
  description: z.string().optional(),
  policy: policy.optional(),
  keyUsage: z.enum(["ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC"]).optional(),
  customerMasterKeySpec: z.enum(["SYMMETRIC_DEFAULT", "HMAC_256"]).optional(),
  enableKeyRotation: z.boolean().optional(),
  rotationPeriodInDays: z.number().optional(),
  deletionWindowInDays: z.number().optional(),
  multiRegion: z.boolean().optional(),
  tags,
});

function listed(all: Readonly<Record<string, string>> = {}) {
  return Object.entries(all).map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
}

/** Keys and their names. */
export const KMS: Readonly<Record<string, Served>> = {
  "aws:kms/key:Key": served({
    inputs: keyInputs,
    inPlace: ["description", "policy", "deletionWindowInDays", "tags"],
    create: async ({ kms }, inputs) => {
      const what = { KeyUsage: inputs.keyUsage, KeySpec: inputs.customerMasterKeySpec, MultiRegion: inputs.multiRegion };
      const about = { Description: inputs.description, Policy: inputs.policy, Tags: listed(inputs.tags) };
      const { KeyMetadata } = await kms.send(new CreateKeyCommand({ ...what, ...about }));
      const id = answered(KeyMetadata?.KeyId, "the id of a key");
      if (inputs.enableKeyRotation === true) {
        const RotationPeriodInDays = inputs.rotationPeriodInDays;
        await kms.send(new EnableKeyRotationCommand({ KeyId: id, RotationPeriodInDays }));
      }
      return { id, outputs: { keyId: id, arn: answered(KeyMetadata?.Arn, "the ARN of a key") } };
    },
    update: async ({ kms }, { id, inputs: was }, { description, policy: wanted, tags: labels = {} }) => {
      if (description !== undefined && description !== was.description)
        await kms.send(new UpdateKeyDescriptionCommand({ KeyId: id, Description: description }));
      if (wanted !== undefined && wanted !== was.policy) await kms.send(new PutKeyPolicyCommand({ KeyId: id, Policy: wanted }));
      const surplus = Object.keys(was.tags ?? {}).filter((key) => !(key in labels));
      if (surplus.length > 0) await kms.send(new UntagResourceCommand({ KeyId: id, TagKeys: surplus }));
      await kms.send(new TagResourceCommand({ KeyId: id, Tags: listed(labels) }));
      return {};
    },
    remove: async ({ kms }, { id, inputs }) => {
      const PendingWindowInDays = inputs.deletionWindowInDays ?? LONGEST_WAIT;
      await unlessGone(() => kms.send(new ScheduleKeyDeletionCommand({ KeyId: id, PendingWindowInDays })));
    },
    exists: async ({ kms }, { id }) => {
      const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: id }));
      return KeyMetadata?.KeyState !== "PendingDeletion";
    },
  }),

  "aws:kms/alias:Alias": served({
    inputs: inputsOf({ name: z.string().startsWith("alias/").optional(), targetKeyId: z.string() }),
    inPlace: ["targetKeyId"],
    create: async ({ kms }, inputs, name) => {
      const alias = inputs.name ?? `alias/${name}`;
      await kms.send(new CreateAliasCommand({ AliasName: alias, TargetKeyId: inputs.targetKeyId }));
      return { id: alias, outputs: { name: alias } };
    },
    update: async ({ kms }, { id }, { targetKeyId }) => {
      await kms.send(new UpdateAliasCommand({ AliasName: id, TargetKeyId: targetKeyId }));
      return {};
    },
    remove: ({ kms }, { id }) => unlessGone(() => kms.send(new DeleteAliasCommand({ AliasName: id }))),
  }),
};
