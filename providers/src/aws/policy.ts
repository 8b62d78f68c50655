/** One statement of an IAM or key policy. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: "Allow";
  /** Only in a key policy. */
  readonly Principal?: { readonly AWS: readonly string[] };
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** A policy in AWS's form. */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly Statement[];
}

export function policyOf(statements: readonly Statement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

/**
 * Text that a policy takes for itself. In resources and conditions IAM reads `*` and `?` as any text, and `$` as the start of a variable.
 * AWS: IAM policy elements, Variables and tags: predefined values for special characters, 2026-11-30.
 */
export function literal(text: string): string {
  return text.replace(/[*?$]/g, (character) => `\${${character}}`);
}

/** Condition key of one name of the encryption context. */
export function contextKey(name: string): string {
  return `kms:EncryptionContext:${name}`;
}

/** Parts of an IAM ARN: `arn:aws:iam::123456789012:role/desk/mm-1`. */
export interface IamArn {
  readonly partition: string;
  /** Twelve digits. */
  readonly account: string;
  readonly kind: "role" | "user" | "root";
  /** Without its path. Empty for `root`. */
  readonly name: string;
}

/** A path with `*`, `?` or `$` is refused: in a condition it would stand for other roles. */
const IAM_ARN =
  /^arn:(aws(?:-[a-z]+)*):iam::([0-9]{12}):(?:(root)|(role|user)\/(?:(?:(?![*?$])[\x21-\x7e])+\/)?([\w+=,.@-]{1,64}))$/;

/** `undefined` when `text` is no ARN of a role, a user or an account. */
export function parseIamArn(text: string): IamArn | undefined {
  const [, partition, account, root, kind, name = ""] = IAM_ARN.exec(text) ?? [];
  if (partition === undefined || account === undefined) return undefined;
  return { partition, account, kind: root === undefined && (kind === "role" || kind === "user") ? kind : "root", name };
}
