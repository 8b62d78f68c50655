import type { ObservedSubAccount, SubAccountAdapter, Wire } from "../adapter";
import { badAnswer, parseAnswer } from "../answer";
import { fromMember } from "./convert";
import { descriptor } from "./descriptor";
import { memberAnswer, memberListAnswer } from "./types";

const exchange = descriptor.id;
const PAGE = 100;

/** The cursor of the last page, by the documents of 2026-07-24. */
const LAST = "0";

/** A normal sub-account, not a custodian's. docs/v5/user/create-subuid, 2026-07-24. */
const NORMAL = 1;

export function openSubAccounts(wire: Wire): SubAccountAdapter {
  return { list: () => list(wire), create: ({ name }) => create(wire, name) };
}

async function list(wire: Wire): Promise<readonly ObservedSubAccount[]> {
  const operation = "listSubAccounts";
  const members: ObservedSubAccount[] = [];
  const seen = new Set<string>();
  for (let cursor = LAST; ; ) {
    const params = { pageSize: PAGE, ...(cursor === LAST ? {} : { nextCursor: cursor }) };
    const body = await wire.call({ operation, access: "private", method: "GET", path: "v5/user/submembers", params, safe: true });
    const { result } = parseAnswer(memberListAnswer, body, { exchange, operation });
    members.push(...result.subMembers.map(fromMember));
    cursor = result.nextCursor;
    if (cursor === LAST) return members;
    if (seen.has(cursor)) throw badAnswer({ exchange, operation }, "the pages repeat themselves");
    seen.add(cursor);
  }
}

async function create(wire: Wire, username: string): Promise<ObservedSubAccount> {
  const operation = "createSubAccount";
  const params = { username, memberType: NORMAL };
  const path = "v5/user/create-sub-member";
  const body = await wire.call({ operation, access: "private", method: "POST", path, params, safe: false });
  return fromMember(parseAnswer(memberAnswer, body, { exchange, operation }).result);
}
