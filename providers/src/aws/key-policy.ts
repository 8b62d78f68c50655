import { contextKey, type IamArn, literal, type PolicyDocument, parseIamArn, policyOf, type Statement } from "./policy";

/** Who may do what with a sealing key. ARNs of roles or users. An administrator may also be an account's root. */
export interface KeyRoles {
  /** Of `exchange-keys:owner`: nothing of another owner can be sealed or opened. */
  readonly owner: string;
  readonly administrators: readonly string[];
  readonly sealers: readonly string[];
  /** Roles that may open at all. Their own policies name the documents, see `botPolicy`. */
  readonly openers: readonly string[];
}

/** Without these an administrator could not change, disable, rotate or delete the key. None of them seals or opens. */
const ADMINISTRATION = [
  "kms:CancelKeyDeletion",
  "kms:CreateAlias",
  "kms:DeleteAlias",
  "kms:DescribeKey",
  "kms:DisableKey",
  "kms:DisableKeyRotation",
  "kms:EnableKey",
  "kms:EnableKeyRotation",
  "kms:GetKeyPolicy",
  "kms:GetKeyRotationStatus",
  "kms:ListGrants",
  "kms:ListKeyPolicies",
  "kms:ListKeyRotations",
  "kms:ListResourceTags",
  "kms:PutKeyPolicy",
  "kms:RevokeGrant",
  "kms:RotateKeyOnDemand",
  "kms:ScheduleKeyDeletion",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateAlias",
  "kms:UpdateKeyDescription",
];

/** What every sealed version carries, `part` only where a passphrase is sealed apart. */
const REQUIRED_NAMES = ["account", "bot", "exchange", "name", "serial", "subAccount"];
const ALL_NAMES = [...REQUIRED_NAMES, "owner", "part"];

const THIS_KEY = ["*"];

/**
 * The key policy. Administrators neither seal nor open. Sealers seal under a complete context, and open only passphrases that manage keys.
 * Openers open what their own policy names. IAM can allow nobody else to open. No statement gives grants, re-encryption or data keys.
 */
export function keyPolicy({ owner, administrators, sealers, openers }: KeyRoles): PolicyDocument {
  const ours = { [contextKey("owner")]: literal(owner) };
  return policyOf([
    { Sid: "Administrate", Effect: "Allow", Principal: { AWS: administrators }, Action: ADMINISTRATION, Resource: THIS_KEY },
    {
      Sid: "Seal",
      Effect: "Allow",
      Principal: { AWS: sealers },
      Action: ["kms:Encrypt"],
      Resource: THIS_KEY,
      Condition: {
        StringEquals: ours,
        Null: Object.fromEntries(REQUIRED_NAMES.map((name) => [contextKey(name), "false"])),
        "ForAllValues:StringEquals": { "kms:EncryptionContextKeys": ALL_NAMES },
      },
    },
    {
      Sid: "OpenManagingPassphrases",
      Effect: "Allow",
      Principal: { AWS: sealers },
      Action: ["kms:Decrypt"],
      Resource: THIS_KEY,
      Condition: { StringEquals: { ...ours, [contextKey("part")]: "passphrase" } },
    },
    ...openStatement(openers, ours),
  ]);
}

/** The account may delegate the right to open by IAM, but to these roles only. */
function openStatement(openers: readonly string[], ours: Readonly<Record<string, string>>): readonly Statement[] {
  if (openers.length === 0) return [];
  return [
    {
      Sid: "OpenByOwnPolicy",
      Effect: "Allow",
      Principal: { AWS: accountsOf(openers) },
      Action: ["kms:Decrypt"],
      Resource: THIS_KEY,
      Condition: {
        StringEquals: ours,
        ArnEquals: { "aws:PrincipalArn": openers.map(literal) },
        Null: { [contextKey("part")]: "true" },
      },
    },
  ];
}

function accountsOf(arns: readonly string[]): readonly string[] {
  const found = arns.map(parseIamArn).filter((arn): arn is IamArn => arn !== undefined);
  return [...new Set(found.map(({ partition, account }) => `arn:${partition}:iam::${account}:root`))];
}
