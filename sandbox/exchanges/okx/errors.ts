import type { Answer } from "../../exchange";
import { Refusal } from "../../refusals";

/** Code and HTTP status of each refusal. */
const REASONS = {
  syntax: ["50002", 400],
  contentType: ["50006", 400],
  rate: ["50011", 429],
  parameterEmpty: ["50014", 400],
  notIpBound: ["50035", 403],
  frozen: ["50100", 400],
  otherEnvironment: ["50101", 401],
  timestampExpired: ["50102", 401],
  keyHeaderMissing: ["50103", 401],
  passphraseHeaderMissing: ["50104", 401],
  passphraseWrong: ["50105", 401],
  signHeaderMissing: ["50106", 401],
  timestampHeaderMissing: ["50107", 401],
  address: ["50110", 401],
  keyMalformed: ["50111", 401],
  timestampMalformed: ["50112", 401],
  signature: ["50113", 401],
  keyUnknown: ["50119", 200],
  permission: ["50120", 200],
  parameter: ["51000", 400],
  masterOnly: ["59500", 200],
  tooManyKeys: ["59501", 200],
  labelTaken: ["59502", 200],
  tooManyAddresses: ["59503", 200],
  withdraw: ["59504", 200],
  passphraseForm: ["59505", 200],
  noSuchKey: ["59506", 200],
  suspended: ["59508", 200],
  noSuchSubAccount: ["59510", 200],
  subAccountTaken: ["59601", 200],
  masterOnlySubAccounts: ["59604", 200],
} as const satisfies Record<string, readonly [string, number]>;

export type Reason = keyof typeof REASONS;

export function refuse(reason: Reason, message: string): Refusal {
  const [code, status] = REASONS[reason];
  return new Refusal(code, status, message);
}

export function success(data: readonly unknown[]): Answer {
  return { status: 200, code: "0", body: { code: "0", msg: "", data } };
}

export function refused(refusal: Refusal, status: number = refusal.status): Answer {
  return { status, code: refusal.code, body: { code: refusal.code, msg: refusal.message, data: [] } };
}

export function notFound(): Answer {
  return { status: 404, code: "404", body: { code: "404", msg: "Not Found", data: [] } };
}
