import type { FaultOrder } from "../../sandbox/faults";
import type { FaultKind } from "./story";

/** What a fault is called in the sandbox, and how it is there. */
export const WIRE_FAULTS: Readonly<Record<FaultKind, FaultOrder>> = {
  loseAnswer: { kind: "loseAnswer" },
  dropRequest: { kind: "dropRequest" },
  cutBody: { kind: "cutBody" },
  truncate: { kind: "truncate" },
  retype: { kind: "retype" },
  htmlBefore: { kind: "page", when: "before", status: 403 },
  htmlAfter: { kind: "page", when: "after", status: 504 },
  serverError: { kind: "http", status: 503, body: {} },
  tooMany: { kind: "http", status: 429, body: "", headers: { "retry-after": "0" } },
  tooManyForLong: { kind: "http", status: 429, body: "", headers: { "retry-after": "60" } },
  late: { kind: "delay", ms: 50 },
  hang: { kind: "hang", when: "after" },
  staleList: { kind: "staleList" },
  doubleList: { kind: "doubleList" },
  shuffle: { kind: "shuffle" },
};

/** Lists alone take these, whatever is asked for. */
export const LISTS_ONLY: ReadonlySet<FaultKind> = new Set(["staleList", "doubleList"]);
