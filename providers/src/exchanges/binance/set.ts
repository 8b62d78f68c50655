import { KeyError } from "../../core/errors";
import { sameSet } from "../../core/sets";
import type { KeySpec, Wire } from "../adapter";
import { type AdditiveAddresses, setAdditive } from "../additive-addresses";
import { parseAnswer } from "../answer";
import { exchange, params, RESTRICTION, send, type Target } from "./calls";
import * as convert from "./convert";
import { descriptor } from "./descriptor";
import { requireProducts } from "./products";
import { addresses, findRow } from "./read";
import * as types from "./types";

/**
 * The flags are widened only after the addresses are those declared, and narrowed before that. At no moment does an address have a scope
 * that was not declared for it.
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
  await setAdditive(whitelistOf(wire, target), spec.ipWhitelist);
  if (!sameSet(kept, wanted)) await setFlags(wire, target, wanted);
}

async function setFlags(wire: Wire, target: Target, flags: readonly string[]): Promise<void> {
  const all = { ...params(target), ...convert.flagParams(flags) };
  const body = await send(wire, all, { operation: "set", method: "POST", path: "sub-account/subAccountApiPermission" });
  parseAnswer(types.flagsAnswer, body, { exchange, operation: "set" });
}

/** What the shared order of additions and deletions is carried out with. */
function whitelistOf(wire: Wire, target: Target): AdditiveAddresses {
  return {
    exchange,
    limit: descriptor.limits.ipsPerKey.value,
    read: async () => {
      const { ipRestrict, ipList } = await addresses(wire, target, "set");
      return { bound: ipRestrict === "true", listed: ipList ?? [] };
    },
    bind: (wanted) => bind(wire, target, wanted),
    unlist: async (surplus) => {
      const all = { ...params(target), ipAddress: surplus.join(",") };
      const call = { operation: "set", lane: "unlist", method: "DELETE", path: `${RESTRICTION}/ipList` } as const;
      parseAnswer(types.addressesAnswer, await send(wire, all, call), { exchange, operation: "set" });
    },
  };
}

/** Sends the whole list: added to what there is, or put in its place, all of it is there afterwards. @returns what is there */
async function bind(wire: Wire, target: Target, wanted: readonly string[]): Promise<readonly string[]> {
  const all = { ...params(target), ...convert.addressParams(wanted) };
  const call = { operation: "set", lane: "bind", access: "sapiV2", method: "POST", path: RESTRICTION } as const;
  return parseAnswer(types.bindAnswer, await send(wire, all, call), { exchange, operation: "set" }).ipList ?? [];
}
