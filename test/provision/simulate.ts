import { runSimulation } from "@cloud-copilot/iam-simulate";
import type { PolicyDocument } from "../../providers/src/aws/policy";

const ACCOUNT = "123456789012";
export const KEY = `arn:aws:kms:eu-west-1:${ACCOUNT}:key/01234567-89ab-cdef-0123-456789abcdef`;

export const role = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;

/** What an administrator of the account has, and what a careless one gives. */
export const WIDE: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [{ Sid: "Everything", Effect: "Allow", Action: ["*"], Resource: ["*"] }],
};

/** AWS's default key policy: whatever IAM allows. */
export const DELEGATING: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "Iam",
      Effect: "Allow",
      Principal: { AWS: [`arn:aws:iam::${ACCOUNT}:root`] },
      Action: ["kms:*"],
      Resource: ["*"],
    },
  ],
};

/** One request, and what stands for and against it. */
export interface Attempt {
  /** Name of the role. */
  readonly who: string;
  readonly action: string;
  /** Of a KMS request; absent: none was given. */
  readonly context?: Readonly<Record<string, string>>;
  /** What else the request says of itself and its resource: `aws:RequestTag/…`. */
  readonly variables?: Readonly<Record<string, string | string[]>>;
  /** Default: the sealing key. */
  readonly resource?: string;
  readonly identity?: PolicyDocument;
  readonly key?: PolicyDocument;
}

/**
 * The library (0.1.173) loses what follows the last colon of `kms:EncryptionContext:<name>` in a request. So both the policies and the request
 * name it as a key of the same kind, one text that may be absent, that it does keep apart. Our owner's tag has a colon too.
 */
function renamed(policy: PolicyDocument): object {
  return JSON.parse(withoutColons(JSON.stringify(policy)));
}

function withoutColons(text: string): string {
  return text.replaceAll("kms:EncryptionContext:", "aws:PrincipalTag/").replaceAll("exchange-keys:owner", "exchange-keys-owner");
}

/** True when AWS's rules, as a library knows them, allow it. @throws Error when the library refuses a policy or the request */
export async function isAllowed({
  who,
  action,
  context,
  identity,
  key,
  resource = KEY,
  variables = {},
}: Attempt): Promise<boolean> {
  const names = Object.keys(context ?? {});
  const contextVariables: Record<string, string | string[]> = {
    "aws:PrincipalArn": role(who),
    ...Object.fromEntries(Object.entries(context ?? {}).map(([name, value]) => [`aws:PrincipalTag/${name}`, value])),
    ...(JSON.parse(withoutColons(JSON.stringify(variables))) as Attempt["variables"]),
    ...(names.length === 0 ? {} : { "kms:EncryptionContextKeys": names }),
  };
  const result = await runSimulation(
    {
      request: { principal: role(who), action, resource: { resource, accountId: ACCOUNT }, contextVariables },
      identityPolicies: identity === undefined ? [] : [{ name: "own", policy: renamed(identity) }],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(key === undefined ? {} : { resourcePolicy: renamed(key) }),
    },
    {},
  );
  if (result.resultType === "error") throw new Error(JSON.stringify(result.errors));
  if (result.resultType !== "single") throw new Error("the resource is a pattern");
  return result.overallResult === "Allowed";
}
