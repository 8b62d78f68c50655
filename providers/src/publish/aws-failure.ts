import { awsCode, commonHint, isAnswer } from "../aws-api/failure";
import { KeyError } from "../core/errors";

/** One act on a published document, and what it takes. */
export interface AwsAct {
  /** What cannot be done to the document. */
  readonly done: "read" | "written" | "removed";
  /** Such as `ssm:PutParameter`. */
  readonly permission: string;
}

const DENIED = "Allow {permission} on {url} for this caller.";
const DENIED_OBJECT =
  "Allow {permission} on the object for this caller, and s3:ListBucket on its bucket: without that, S3 denies what is not there yet.";
const GONE = "Check the region and the name of the bucket.";

/** What to do, by the name that AWS gives the error. `{url}` and `{permission}` are filled in. */
const HINTS: Readonly<Record<string, string>> = {
  AccessDeniedException: DENIED,
  AccessDenied: DENIED_OBJECT,
  Forbidden: DENIED_OBJECT,
  NoSuchBucket: GONE,
  PermanentRedirect: "The bucket lies in another region: name it in {url}.",
  AuthorizationHeaderMalformed: "The bucket lies in another region: name it in {url}.",
  MethodNotAllowed: "The object is deleted or locked: look at its versions.",
  ParameterLimitExceeded: "The account has as many parameters as its tier allows: remove some, or publish elsewhere.",
  ParameterMaxVersionLimitExceeded: "The oldest of its 100 versions carries a label: move that label, so that it can make room.",
  HierarchyTypeMismatch: "A parameter of another type is in the way: publish to a name of its own.",
  NoString:
    "It is no String parameter: documents hold ciphertext only and need no second encryption. Publish to a name of its own.",
  NotShown: "It was written, but reads do not show it yet: run again.",
};

/** @param url as the person wrote it: no secret */
export function storeFailure(url: string, act: AwsAct, error: unknown): KeyError {
  if (error instanceof KeyError) return error;
  const code = awsCode(error);
  const hint = (HINTS[code] ?? commonHint(code)).replaceAll("{url}", url).replaceAll("{permission}", act.permission);
  const how = isAnswer(error) ? "AWS refuses" : "AWS could not be asked";
  const message = `the document at ${url} cannot be ${act.done}: ${how}`;
  return new KeyError({ kind: "PublicationFailed", message, code, hint });
}

/** @param how such as `is gone` */
export function conflictAt(url: string, how: string): KeyError {
  return new KeyError({
    kind: "Conflict",
    message: `the document at ${url} ${how}`,
    hint: "Another run or another key publishes there: give each key a place of its own, and run again.",
  });
}

export const CHANGED = "was changed by somebody else";
export const EXISTS = "exists already";
export const GONE_BEFORE = "is gone";

/** @throws KeyError `Conflict` unless what is there is what was expected */
export function requireExpected(url: string, present: string | undefined, expected: string | undefined): void {
  if (present === expected) return;
  if (expected === undefined) throw conflictAt(url, EXISTS);
  throw conflictAt(url, present === undefined ? GONE_BEFORE : CHANGED);
}
