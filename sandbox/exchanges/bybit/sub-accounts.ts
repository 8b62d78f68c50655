import { randomInt } from "node:crypto";
import { z } from "zod";
import { refuse } from "./errors";
import type { Endpoint, Request } from "./guard";
import type { BybitState, SubMember } from "./state";

const USERNAME = /^(?=.*[0-9])(?=.*[A-Za-z])[0-9A-Za-z]{6,16}$/;
const MOST_ROWS = 1000;

const createInput = z.object({
  username: z.string().regex(USERNAME),
  memberType: z.union([z.literal(1), z.literal(6)]),
  note: z.string().default(""),
});

const pageInput = z.object({
  pageSize: z
    .string()
    .regex(/^[0-9]{1,3}$/)
    .transform(Number)
    .pipe(z.number().min(1).max(100))
    .default(100),
  nextCursor: z
    .string()
    .regex(/^[0-9]{1,15}$/)
    .default("0"),
});

export function subAccountEndpoints(state: BybitState): readonly Endpoint[] {
  const get = { method: "GET", operation: "listSubAccounts", access: "master" } as const;
  return [
    {
      method: "POST",
      path: "/v5/user/create-sub-member",
      operation: "createSubAccount",
      access: "managing",
      perSecond: 1,
      handle: (request) => createMember(request, state),
    },
    { ...get, path: "/v5/user/query-sub-members", perSecond: 10, handle: () => listMembers(state) },
    { ...get, path: "/v5/user/submembers", perSecond: 5, handle: (request) => listMemberPage(request, state) },
  ];
}

function createMember({ params }: Request, state: BybitState): unknown {
  const parsed = createInput.safeParse(params);
  if (!parsed.success) throw refuse("parameter", `params error: ${parsed.error.issues[0]?.path.join(".")} is invalid`);
  const { username, memberType, note } = parsed.data;
  if ([...state.members.values()].some((member) => member.username === username)) {
    throw refuse("parameter", "the username was used before");
  }
  const member = { uid: freeUid(state), username, memberType, remark: note };
  state.addMember(member);
  return { uid: member.uid, username, memberType, status: 1, remark: note };
}

function freeUid(state: BybitState): string {
  const uid = String(200_000 + randomInt(700_000));
  return state.members.has(uid) ? freeUid(state) : uid;
}

function listMembers(state: BybitState): unknown {
  const members = [...state.members.values()].slice(0, MOST_ROWS);
  return { subMembers: state.world.random.shuffle(members).map(toRow) };
}

/** By ascending uid. The cursor is the last uid shown, and "0" on the last page. */
function listMemberPage({ params }: Request, state: BybitState): unknown {
  const parsed = pageInput.safeParse(params);
  if (!parsed.success) throw refuse("parameter", `params error: ${parsed.error.issues[0]?.path.join(".")} is invalid`);
  const { pageSize, nextCursor } = parsed.data;
  const rows = [...state.members.values()]
    .sort((left, right) => Number(left.uid) - Number(right.uid))
    .filter((member) => Number(member.uid) > Number(nextCursor));
  const page = rows.slice(0, pageSize);
  return { subMembers: page.map(toRow), nextCursor: rows.length > pageSize ? (page.at(-1)?.uid ?? "0") : "0" };
}

function toRow({ frozen = false, ...member }: SubMember): unknown {
  return { ...member, status: frozen ? 4 : 1, accountMode: 5 };
}
