import { readQuery } from "../aws-api/query";
import { parseFileReference } from "./file-reference";

export interface LocalReference {
  readonly scheme: "local";
  /** Absolute path of the key file. */
  readonly path: string;
}

export interface KmsReference {
  readonly scheme: "awskms";
  /** Key id, `alias/<name>`, or the ARN of either, as the KMS API takes it. */
  readonly keyId: string;
  /** From the URL, else from the ARN. Absent: the AWS SDK's usual chain decides. */
  readonly region?: string;
}

export type SealReference = LocalReference | KmsReference;

export interface ParsedSealReference {
  /** Present when there are no problems. */
  readonly reference?: SealReference;
  /** Every problem, each a phrase that follows the name of a property. */
  readonly problems: readonly string[];
}

const KEY_ID = /^(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;
const ALIAS = /^alias\/[A-Za-z0-9/_-]{1,250}$/;
const ARN = /^arn:aws[a-z-]*:kms:([a-z0-9-]+):[0-9]{12}:(?:key\/(.+)|(alias\/.+))$/;

/** Reads a sealing reference: `local:///path`, `awskms://<key id or alias/name>?region=…` or `awskms:///<ARN>?region=…`. Pure. */
export function parseSealReference(text: string): ParsedSealReference {
  if (text.startsWith("local://")) {
    const { path, problems } = parseFileReference(text, "local");
    return path === undefined ? { problems } : { reference: { scheme: "local", path }, problems };
  }
  if (text.startsWith("awskms://")) return parseKms(text.slice("awskms://".length));
  return { problems: ["is not a sealing reference: write awskms://alias/<name>?region=<region> or local:///path/to/key"] };
}

function parseKms(rest: string): ParsedSealReference {
  const [locator = "", query, ...more] = rest.split("?");
  const arn = locator.startsWith("/");
  const keyId = arn ? locator.slice(1) : locator;
  const asked = readQuery(query ?? "");
  const { region } = asked.values;
  const inArn = arn ? ARN.exec(keyId)?.[1] : undefined;
  const problems = [
    ...(more.length > 0 || locator.includes("#") ? ["has more than one query, or a fragment"] : []),
    ...keyProblems(keyId, arn),
    ...asked.problems,
    ...(inArn !== undefined && region !== undefined && inArn !== region
      ? [`names the region ${region}, but its ARN lies in ${inArn}`]
      : []),
  ];
  if (problems.length > 0) return { problems };
  const place = region ?? inArn;
  return { reference: { scheme: "awskms", keyId, ...(place === undefined ? {} : { region: place }) }, problems };
}

function keyProblems(keyId: string, arn: boolean): string[] {
  if (arn)
    return isArn(keyId) ? [] : ["names no KMS key: after three slashes comes an ARN, arn:aws:kms:<region>:<account>:key/<id>"];
  if (keyId.startsWith("arn:")) return ["has its ARN after two slashes; write three: awskms:///arn:…"];
  if (ALIAS.test(keyId) || KEY_ID.test(keyId)) return [];
  return ["names no KMS key: write a key id, alias/<name>, or with three slashes an ARN"];
}

function isArn(text: string): boolean {
  const [, , id, alias] = ARN.exec(text) ?? [];
  return (id !== undefined && KEY_ID.test(id)) || (alias !== undefined && ALIAS.test(alias));
}
