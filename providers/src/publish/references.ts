import { readQuery } from "../aws-api/query";
import { holdsDots } from "../core/reference-text";
import { parseFileReference } from "../seal/file-reference";

export interface FilePublication {
  readonly scheme: "file";
  /** Absolute path of the document. */
  readonly path: string;
}

export interface ParameterPublication {
  readonly scheme: "ssm";
  /** Name of the parameter: `/desk/bots/mm-1`, or a word without slashes. */
  readonly name: string;
  /** Absent: the AWS SDK's usual chain decides. */
  readonly region?: string;
  /** Absent: standard as long as the document fits, else advanced. */
  readonly tier?: "standard" | "advanced";
}

export interface ObjectPublication {
  readonly scheme: "s3";
  readonly bucket: string;
  readonly key: string;
  /** Absent: the AWS SDK's usual chain decides. */
  readonly region?: string;
}

export type PublishReference = FilePublication | ParameterPublication | ObjectPublication;

export interface ParsedPublishReference {
  /** Present when there are no problems. */
  readonly reference?: PublishReference;
  /** Every problem, each a phrase that follows the name of a property. */
  readonly problems: readonly string[];
}

const TIERS = ["standard", "advanced"] as const;

const FORMS =
  "write ssm:///path/of/parameter?region=eu-west-1, s3://bucket/key.json?region=eu-west-1 or file:///path/to/document.json";

/**
 * Reads where a document is published: `ssm:///name?region=…&tier=…`, `s3://bucket/key?region=…` or `file:///absolute/path`. Pure.
 * Names are taken as they stand: nothing in them is escaped.
 */
export function parsePublishReference(text: string): ParsedPublishReference {
  const [scheme = "", rest = ""] = split(text, "://");
  if (scheme === "ssm") return parseParameter(rest);
  if (scheme === "s3") return parseObject(rest);
  if (scheme !== "file") return { problems: [`is no place to publish to: ${FORMS}`] };
  const { path, problems } = parseFileReference(text, "file");
  return path === undefined ? { problems } : { reference: { scheme: "file", path }, problems };
}

function parseParameter(rest: string): ParsedPublishReference {
  const [name = "", query] = split(rest, "?");
  const asked = readQuery(query ?? "", { tier: TIERS });
  const problems = [...parameterProblems(name), ...asked.problems];
  if (problems.length > 0) return { problems };
  const { region, tier } = asked.values;
  const place = region === undefined ? {} : { region };
  return { reference: { scheme: "ssm", name, ...place, ...(isTier(tier) ? { tier } : {}) }, problems };
}

function isTier(text: string | undefined): text is (typeof TIERS)[number] {
  return TIERS.some((tier) => tier === text);
}

/** By the rules of PutParameter. The service counts the ARN's length too, so that a name has 1011 characters. */
function parameterProblems(name: string): readonly string[] {
  const parts = name.replace(/^\//, "").split("/");
  const problems = [
    !/^[A-Za-z0-9_.\-/]*$/.test(name) && "has a parameter name with other characters than letters, digits and _ . - /",
    (holdsDots(name) || parts.some((part) => part === "")) && "must not have empty, . or .. segments",
    parts.length > 1 && !name.startsWith("/") && "names a path without its leading slash: write three, ssm:///path/of/parameter",
    /^(aws|ssm)/i.test(parts[0] ?? "") && "begins with aws or ssm, which are reserved",
    parts.length > 15 && "has more than 15 levels",
    name.length > 1011 && "is longer than 1011 characters",
  ];
  return problems.filter((problem) => problem !== false);
}

function parseObject(rest: string): ParsedPublishReference {
  const [place = "", query] = split(rest, "?");
  const [bucket = "", key = ""] = split(place, "/");
  const asked = readQuery(query ?? "");
  const problems = [...bucketProblems(bucket), ...keyProblems(key), ...asked.problems];
  if (problems.length > 0) return { problems };
  const { region } = asked.values;
  return { reference: { scheme: "s3", bucket, key, ...(region === undefined ? {} : { region }) }, problems };
}

function bucketProblems(bucket: string): readonly string[] {
  const formed = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(bucket) && !bucket.includes("..") && !/^[0-9.]+$/.test(bucket);
  return formed ? [] : ["names no bucket: 3 to 63 lower-case letters, digits, dots and hyphens, as s3://bucket/key.json"];
}

function keyProblems(key: string): readonly string[] {
  const parts = key.split("/");
  const problems = [
    key === "" && "names no object in the bucket: write s3://bucket/key.json",
    !/^[A-Za-z0-9!_.*'()\-/]*$/.test(key) && "has an object key with other characters than letters, digits and ! _ . * ' ( ) - /",
    key !== "" && parts.some((part) => /^\.{0,2}$/.test(part)) && "must not have empty, . or .. segments",
    key.length > 1024 && "has an object key of more than 1024 characters",
  ];
  return problems.filter((problem) => problem !== false);
}

/** At the first `separator` only. */
function split(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
