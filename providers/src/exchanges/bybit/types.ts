import { z } from "zod";
import { address, secretText, wordLists } from "../answer";

/** Groups that are always sent, empty when nothing of them is wanted: what is left out may be kept. */
export type Permissions = Readonly<Record<string, readonly string[]>>;

const time = z.iso.datetime();

/** None is written as `*`. */
const ips = z
  .tuple([z.literal("*")])
  .transform((): readonly string[] => [])
  .or(z.array(address));

/** POST v5/user/create-sub-api. The only answer with a secret. */
export const createAnswer = z.object({ result: z.object({ apiKey: z.string().min(1), secret: secretText }) });

/** One row of GET v5/user/sub-apikeys. */
export const keyRow = z.object({
  apiKey: z.string().min(1),
  note: z.string(),
  ips,
  /** 1 permanent, 2 expired, 3 valid, 4 expires within seven days. */
  status: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  createdAt: time,
  expiredAt: time,
  permissions: wordLists,
  readOnly: z.boolean(),
});
export type KeyRow = z.output<typeof keyRow>;

/** GET v5/user/sub-apikeys. */
export const listAnswer = z.object({ result: z.object({ result: z.array(keyRow), nextPageCursor: z.string() }) });

/** GET v5/user/query-api, by the parent about itself. */
export const parentAnswer = z.object({
  result: z.object({
    readOnly: z.union([z.literal(0), z.literal(1)]),
    permissions: wordLists,
    ips,
    createdAt: time,
    expiredAt: time,
    isMaster: z.boolean(),
  }),
});
export type ParentAnswer = z.output<typeof parentAnswer>;

/** One row of GET v5/user/submembers. */
export const memberRow = z.object({
  uid: z.string().min(1),
  username: z.string(),
  /** 1 normal, 2 login banned, 4 frozen. */
  status: z.union([z.literal(1), z.literal(2), z.literal(4)]),
});
export type MemberRow = z.output<typeof memberRow>;

/** GET v5/user/submembers. */
export const memberListAnswer = z.object({ result: z.object({ subMembers: z.array(memberRow), nextCursor: z.string() }) });

/** POST v5/user/create-sub-member. */
export const memberAnswer = z.object({ result: memberRow });
