import { KeyError } from "../../core/errors";
import { canonicalAddresses, changeBetween, sameSet, surplusOf } from "../../core/sets";
import type { KeySpec, Wire } from "../adapter";
import { parseAnswer } from "../answer";
import { exchange, params, RESTRICTION, send, type Target } from "./calls";
import * as convert from "./convert";
import { descriptor } from "./descriptor";
import { requireProducts } from "./products";
import { addresses, findRow, mayMeanMissing } from "./read";
import * as types from "./types";

/**
 * The flags are only ever widened once the addresses are those declared, and narrowed before that: at no moment does an address
 * that was not declared for a scope have it.
 */
export async function set(wire: Wire, target: Target, spec: KeySpec): Promise<void> {
  const operation = "set";
  const wanted = convert.wantedFlags(spec);
  const row = await findRow(wire, target, operation);
  if (row === undefined) throw new KeyError({ kind: "NotFound", exchange, operation, message: "there is no such key" });
  const held = convert.heldFlags(row);
  await requireProducts(wire, target.subAccount, { flags: wanted.filter((flag) => !held.includes(flag)), operation });
  const kept = wanted.filter((flag) => held.includes(flag));
  if (!sameSet(held, kept)) await setFlags(wire, target, kept);
  await setAddresses(wire, target, spec.ipWhitelist);
  if (!sameSet(kept, wanted)) await setFlags(wire, target, wanted);
}

async function setFlags(wire: Wire, target: Target, flags: readonly string[]): Promise<void> {
  const all = { ...params(target), ...convert.flagParams(flags) };
  const body = await send(wire, all, { operation: "set", method: "POST", path: "sub-account/subAccountApiPermission" });
  parseAnswer(types.flagsAnswer, body, { exchange, operation: "set" });
}

/**
 * The exchange adds addresses and deletes addresses, and has no call for a list. What is declared is added first and the surplus
 * goes last, so that no address that stays is ever without access; only where both together are too many, some surplus goes first.
 */
async function setAddresses(wire: Wire, target: Target, wanted: readonly string[]): Promise<void> {
  const before = await addresses(wire, target, "set");
  const bound = before.ipRestrict === "true";
  if (wanted.length === 0) {
    if (bound) await bind(wire, target, []);
    return;
  }
  // An open key may still have a list, which binds it again.
  const listed = before.ipList ?? [];
  const excess = new Set(canonicalAddresses([...listed, ...wanted])).size - descriptor.limits.ipsPerKey.value;
  if (bound && excess >= listed.length) throw tooMany();
  if (excess > 0) await unlist(wire, target, surplusOf(listed, wanted).slice(0, excess));
  const added = changeBetween(canonicalAddresses(convert.boundTo(before)), canonicalAddresses(wanted)).added;
  const after = added.length === 0 ? listed : await bind(wire, target, wanted);
  await unlist(wire, target, surplusOf(after, wanted));
}

/** Sends the whole list: added to what there is, or put in its place, all of it is there afterwards. @returns what is there */
async function bind(wire: Wire, target: Target, wanted: readonly string[]): Promise<readonly string[]> {
  const all = { ...params(target), ...convert.addressParams(wanted) };
  const call = { operation: "set", lane: "bind", access: "sapiV2", method: "POST", path: RESTRICTION } as const;
  return parseAnswer(types.bindAnswer, await send(wire, all, call), { exchange, operation: "set" }).ipList ?? [];
}

async function unlist(wire: Wire, target: Target, surplus: readonly string[]): Promise<void> {
  if (surplus.length === 0) return;
  const all = { ...params(target), ipAddress: surplus.join(",") };
  const call = { operation: "set", lane: "unlist", method: "DELETE", path: `${RESTRICTION}/ipList` } as const;
  try {
    parseAnswer(types.addressesAnswer, await send(wire, all, call), { exchange, operation: "set" });
  } catch (error) {
    // A repeated deletion may be refused because the first one was carried out.
    if (!mayMeanMissing(error)) throw error;
    const { ipList } = await addresses(wire, target, "set");
    if (surplus.some((address) => ipList?.includes(address))) throw error;
  }
}

function tooMany(): KeyError {
  return new KeyError({
    kind: "LimitReached",
    exchange,
    operation: "set",
    message: "the key cannot hold its present addresses and the declared ones at the same time",
    hint: "Change some addresses in a run of their own.",
  });
}
