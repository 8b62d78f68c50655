import { KeyError } from "../../core/errors";
import { canonicalAddresses, sameSet } from "../../core/sets";
import type { Operation } from "../../core/words";
import type { KeySpec, Wire } from "../adapter";
import { type AdditiveAddresses, setAdditive } from "../additive-addresses";
import { parseAnswer } from "../answer";
import { exchange, PERMISSION, params, RESTRICTION, send, type Target } from "./calls";
import * as convert from "./convert";
import { descriptor } from "./descriptor";
import { addresses, findRow } from "./read";
import * as types from "./types";

/** One step of a call. */
interface Step {
  readonly target: Target;
  readonly operation: Operation;
}

/**
 * The flags are widened only after the addresses are those declared, and narrowed before that. At no moment does an address have a scope
 * that was not declared for it.
 */
export async function set(wire: Wire, target: Target, spec: KeySpec): Promise<void> {
  const step = { target, operation: "set" } as const;
  const wanted = convert.wantedFlags(spec);
  const row = await findRow(wire, target, step.operation);
  if (row === undefined) throw new KeyError({ kind: "NotFound", exchange, operation: "set", message: "there is no such key" });
  const held = convert.heldFlags(row).filter((flag) => flag !== convert.TRANSFER);
  const kept = wanted.trade.filter((flag) => held.includes(flag));
  if (!wanted.transfer) await setTransfer(wire, step, false);
  if (!sameSet(held, kept)) await setFlags(wire, step, kept);
  await setAdditive(whitelistOf(wire, target), spec.ipWhitelist);
  if (!sameSet(kept, wanted.trade)) await setFlags(wire, step, wanted.trade);
  if (wanted.transfer) await setTransfer(wire, step, true);
}

/** A new key is open to every address and only reads: it is bound before it gets anything more. */
export async function equip(wire: Wire, target: Target, spec: KeySpec): Promise<void> {
  const step = { target, operation: "issue" } as const;
  const wanted = convert.wantedFlags(spec);
  if (spec.ipWhitelist.length > 0) await bindNew(wire, step, spec.ipWhitelist);
  if (wanted.trade.length > 0) await setFlags(wire, step, wanted.trade);
  await setTransfer(wire, step, wanted.transfer);
}

async function bindNew(wire: Wire, step: Step, wanted: readonly string[]): Promise<void> {
  const { status, ipList } = await bind(wire, step, wanted);
  const bound = status === "2" && sameSet(canonicalAddresses(ipList ?? []), canonicalAddresses(wanted));
  if (!bound) throw notDone(step, "bound the new key to other addresses than asked for");
}

async function setFlags(wire: Wire, step: Step, flags: readonly string[]): Promise<void> {
  const { target, operation } = step;
  const all = { ...params(target), ...convert.flagParams(flags) };
  const body = await send(wire, all, { operation, lane: "permit", method: "POST", path: PERMISSION });
  const given = convert.heldFlags(parseAnswer(types.keyRow, body, { exchange, operation }));
  if (
    !sameSet(
      given.filter((flag) => flag !== convert.TRANSFER),
      flags,
    )
  )
    throw notDone(step, "gave other permissions than asked for");
}

/** The answer is all that ever tells of it. */
async function setTransfer(wire: Wire, step: Step, wanted: boolean): Promise<void> {
  const { target, operation } = step;
  const all = { ...params(target), [convert.TRANSFER]: String(wanted) };
  const body = await send(wire, all, { operation, lane: "transfer", method: "POST", path: `${PERMISSION}/universalTransfer` });
  const { apikey, canUniversalTransfer } = parseAnswer(types.transferAnswer, body, { exchange, operation });
  const done = apikey === target.apiKey && canUniversalTransfer === wanted;
  if (!done) throw notDone(step, "did not set the right to transfer as asked for");
}

function notDone({ operation }: Step, what: string): KeyError {
  return new KeyError({ kind: "VerificationFailed", exchange, operation, message: `the exchange ${what}` });
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
    bind: async (wanted) => (await bind(wire, { target, operation: "set" }, wanted)).ipList ?? [],
    unlist: async (surplus) => {
      const all = { ...params(target), ipAddress: surplus.join(",") };
      const call = { operation: "set", lane: "unlist", method: "DELETE", path: `${RESTRICTION}/ipList` } as const;
      parseAnswer(types.addressesAnswer, await send(wire, all, call), { exchange, operation: "set" });
    },
  };
}

/** Sends the whole list: added to what there is, or put in its place, all of it is there afterwards. */
async function bind(wire: Wire, { target, operation }: Step, wanted: readonly string[]) {
  const all = { ...params(target), ...convert.addressParams(wanted) };
  const call = { operation, lane: "bind", access: "sapiV2", method: "POST", path: RESTRICTION } as const;
  return parseAnswer(types.bindAnswer, await send(wire, all, call), { exchange, operation });
}
