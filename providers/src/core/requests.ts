/** Requests by the operation or lane whose pace they keep. */
export type Requests = Readonly<Record<string, number>>;

/** What one call on an exchange takes where all goes well. */
export interface RequestFacts {
  /** Keys that one request of a list shows. Absent where one shows all. */
  readonly keysPerPage?: number;
  /** To see a listed key in full, for exchanges whose lists show no addresses. */
  readonly inFull?: Requests;
  /** To make a key that is bound to addresses and may trade. */
  readonly issue: Requests;
  readonly revoke: Requests;
}

/** What is done to one declared key. `rotate` issues the successor, `retire` ends what it superseded, `remove` ends all. */
export const KEY_ACTS = ["issue", "rotate", "retire", "remove", "refresh", "nothing"] as const;
export type KeyAct = (typeof KEY_ACTS)[number];

/** What there is before an act. */
export interface Standing {
  /** Keys in the sub-account, whoever's. */
  readonly listed: number;
  /** Living versions of the key. */
  readonly versions: number;
}

/**
 * How many requests an act takes that nobody shares a list with. They grow with the versions of the key itself, and with the pages of the list, but
 * not with the number of keys beside it.
 */
export function requestsOf(facts: RequestFacts, act: KeyAct, { listed, versions }: Standing): Requests {
  const look = (change: number): Requests => sum(pages(facts, listed + change), times(facts.inFull ?? {}, versions + change));
  switch (act) {
    case "issue":
    case "rotate":
      return sum(look(0), facts.issue, look(1));
    case "retire":
      return sum(look(0), facts.revoke, look(-1));
    case "remove":
      return sum(pages(facts, listed), times(facts.revoke, versions));
    case "refresh":
      return look(0);
    case "nothing":
      return {};
  }
}

function pages({ keysPerPage = Number.POSITIVE_INFINITY }: RequestFacts, listed: number): Requests {
  return { list: Math.max(1, Math.ceil(listed / keysPerPage)) };
}

function times(requests: Requests, count: number): Requests {
  const entries = Object.entries(requests).map(([lane, each]): readonly [string, number] => [lane, each * count]);
  return Object.fromEntries(entries.filter(([, all]) => all > 0));
}

function sum(...parts: readonly Requests[]): Requests {
  const all: Record<string, number> = {};
  for (const [lane, count] of parts.flatMap((part) => Object.entries(part))) all[lane] = (all[lane] ?? 0) + count;
  return all;
}
