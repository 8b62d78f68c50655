import { KeyError } from "../../core/errors";
import { canonicalAddresses, changeBetween, sameSet, surplusOf } from "../../core/sets";
import type { Operation } from "../../core/words";
import type { KeySpec, Wire } from "../adapter";
import { parseAnswer } from "../answer";
import { exchange, mayMeanMissing, PERMISSION, params, RESTRICTION, send, type Target } from "./calls";
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
 * The flags are only ever widened once the addresses are those declared, and narrowed before that: at no moment does an address
 * that was not declared for a scope have it.
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
  await setAddresses(wire, target, spec.ipWhitelist);
  if (!sameSet(kept, wanted.trade)) await setFlags(wire, step, wanted.trade);
  if (wanted.transfer) await setTransfer(wire, step, true);
}

/** A new key is open to every address and only reads: it is bound before it gets anything more. */
export async function complete(wire: Wire, target: Target, spec: KeySpec): Promise<void> {
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

/**
 * The exchange adds addresses and deletes addresses, and has no call for a list. What is declared is added first and the surplus
 * goes last, so that no address that stays is ever without access; only where both together are too many, some surplus goes first.
 */
async function setAddresses(wire: Wire, target: Target, wanted: readonly string[]): Promise<void> {
  const step = { target, operation: "set" } as const;
  const before = await addresses(wire, target, "set");
  const bound = before.ipRestrict === "true";
  if (wanted.length === 0) {
    if (bound) await bind(wire, step, []);
    return;
  }
  // An open key may still have a list, which binds it again.
  const listed = before.ipList ?? [];
  const excess = new Set(canonicalAddresses([...listed, ...wanted])).size - descriptor.limits.ipsPerKey.value;
  if (bound && excess >= listed.length) throw tooMany();
  if (excess > 0) await unlist(wire, target, surplusOf(listed, wanted).slice(0, excess));
  const added = changeBetween(canonicalAddresses(convert.boundTo(before)), canonicalAddresses(wanted)).added;
  const after = added.length === 0 ? listed : ((await bind(wire, step, wanted)).ipList ?? []);
  await unlist(wire, target, surplusOf(after, wanted));
}

/** Sends the whole list: added to what there is, or put in its place, all of it is there afterwards. */
async function bind(wire: Wire, { target, operation }: Step, wanted: readonly string[]) {
  const all = { ...params(target), ...convert.addressParams(wanted) };
  const call = { operation, lane: "bind", access: "sapiV2", method: "POST", path: RESTRICTION } as const;
  return parseAnswer(types.bindAnswer, await send(wire, all, call), { exchange, operation });
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
