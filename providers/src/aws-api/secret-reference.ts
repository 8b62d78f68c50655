import { holdsDots } from "../core/reference-text";
import { readQuery } from "./query";

/** A secret in AWS Secrets Manager. */
export interface SecretReference {
  /** Its name or ARN, as the API takes it. */
  readonly secretId: string;
  /** From the query, else from the ARN. Absent: the AWS SDK's usual chain decides. */
  readonly region?: string;
}

export interface ParsedSecretReference {
  /** Present when there are no problems. */
  readonly reference?: SecretReference;
  /** Every problem, each a phrase that follows the name of a property. None quotes the text: somebody may have pasted a secret. */
  readonly problems: readonly string[];
}

const NAME = /^[A-Za-z0-9/_+=.@-]{1,512}$/;
const ARN = /^arn:aws[a-z-]*:secretsmanager:([a-z0-9-]+):[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]{1,519}$/;

/** Reads `<name or ARN>[?region=…]`, what follows a scheme. Pure. */
export function parseSecretReference(rest: string): ParsedSecretReference {
  const at = rest.indexOf("?");
  const [secretId, query] = at < 0 ? [rest, ""] : [rest.slice(0, at), rest.slice(at + 1)];
  const inArn = ARN.exec(secretId)?.[1];
  const { values, problems: asked } = readQuery(query);
  const problems = [
    ...(inArn === undefined && !NAME.test(secretId) ? ["names no secret: write its name, or its ARN"] : []),
    ...(holdsDots(secretId.slice(secretId.lastIndexOf(":") + 1)) ? ["must not have . or .. segments"] : []),
    ...asked.map((problem) => (problem.startsWith("has the parameter") ? "has a parameter besides region" : problem)),
    ...(inArn !== undefined && values.region !== undefined && values.region !== inArn
      ? ["names another region than its ARN"]
      : []),
  ];
  if (problems.length > 0) return { problems };
  const region = values.region ?? inArn;
  return { reference: { secretId, ...(region === undefined ? {} : { region }) }, problems };
}
