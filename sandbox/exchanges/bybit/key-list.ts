import { createHash } from "node:crypto";
import { z } from "zod";
import { refuse } from "./errors";
import type { Request } from "./guard";
import { unorderedGroups } from "./permissions";
import { deadline, keyFields } from "./rows";
import type { BybitKey, BybitState } from "./state";

const LARGEST_PAGE = 20;

const listInput = z.object({
  subMemberId: z.string().min(1),
  limit: z
    .string()
    .regex(/^[0-9]{1,2}$/)
    .transform(Number)
    .pipe(z.number().min(1).max(LARGEST_PAGE))
    .default(LARGEST_PAGE),
  cursor: z.string().default(""),
});

/** Where a listing stands: how it is ordered, and the last place it has shown. */
const cursorShape = /^([0-9]{1,6})-([0-9a-f]{16})$/;

/** One page. Each listing has an order of its own, which its cursor carries on, so that deleting a key skips no other. */
export function listKeys({ call, params }: Request, state: BybitState): unknown {
  const parsed = listInput.safeParse(params);
  if (!parsed.success) throw refuse("parameter", `params error: ${parsed.error.issues[0]?.path.join(".")} is invalid`);
  const { subMemberId, limit, cursor } = parsed.data;
  if (!state.members.has(subMemberId)) throw refuse("subAccount", "The sub-account is not yours.");
  const { order, after } = readCursor(cursor, state);
  const rows = state.keys
    .of(subMemberId, call.stale)
    .map((key) => ({ key, place: placeOf(order, key) }))
    .sort((left, right) => (left.place < right.place ? -1 : 1))
    .filter(({ place }) => place > after);
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const nextPageCursor = last === undefined || rows.length <= limit ? "" : `${order}-${last.place}`;
  return { result: page.map(({ key }) => toRow(key, state)), nextPageCursor };
}

function readCursor(cursor: string, state: BybitState): { order: string; after: string } {
  if (cursor === "") return { order: String(Math.floor(state.world.random.next() * 1_000_000)), after: "" };
  const [, order, after] = cursorShape.exec(cursor) ?? [];
  if (order === undefined || after === undefined) throw refuse("parameter", "params error: cursor is invalid");
  return { order, after };
}

function placeOf(order: string, key: BybitKey): string {
  return createHash("sha256").update(`${order} ${key.id}`).digest("hex").slice(0, 16);
}

function toRow(key: BybitKey, state: BybitState): unknown {
  return {
    ...keyFields(key),
    ips: key.ips.length === 0 ? ["*"] : state.world.random.shuffle(key.ips),
    status: state.statusOf(key),
    ...deadline(key, state),
    type: 1,
    permissions: unorderedGroups(key.permissions, state.world.random),
    secret: "******",
    // A boolean here, a number everywhere else.
    readOnly: key.readOnly === 1,
    flag: "hmac",
  };
}
