import { ADOPT } from "../core/adoption";
import { KeyError } from "../core/errors";
import { whyNot } from "../core/support";
import { OPERATIONS, type Operation } from "../core/words";
import type { KeyAdapter } from "./adapter";
import type { Descriptor } from "./descriptor";

/** The calls that an exchange's folder has: one for each operation that its descriptor answers with "yes", and further ones that are being written. */
type Written = Partial<Omit<KeyAdapter, "descriptor">>;

/**
 * A whole adapter out of the calls that there are. The descriptor has the last word: an operation that it does not answer with "yes" is
 * refused with its reason, and sends nothing.
 * @returns an adapter whose refusals are KeyErrors of the kind `NotSupported`
 * @throws Error when a call is missing that the descriptor answers with "yes"
 */
export function complete(descriptor: Descriptor, { subAccounts, find, ...written }: Written): KeyAdapter {
  const { operations, id } = descriptor;
  const has = (operation: Operation): boolean => operations[operation].can === "yes";
  const given = { ...written, find };
  const missing = OPERATIONS.filter((operation) => has(operation) && given[operation] === undefined);
  if (missing.length > 0)
    throw new Error(`the adapter of ${id} lacks ${missing.join(", ")}, which its descriptor answers with "yes"`);
  const refuse = (operation: Operation) => async (): Promise<never> => {
    throw refusal(descriptor, operation);
  };
  const or = <Call>(operation: Operation, call: Call | undefined) =>
    call !== undefined && has(operation) ? call : refuse(operation);
  return {
    descriptor,
    list: or("list", written.list),
    issue: or("issue", written.issue),
    set: or("set", written.set),
    revoke: or("revoke", written.revoke),
    inspectParent: or("inspectParent", written.inspectParent),
    ...(has("find") && find !== undefined ? { find } : {}),
    ...(subAccounts === undefined ? {} : { subAccounts }),
  };
}

function refusal({ id, operations }: Descriptor, operation: Operation): KeyError {
  const support = operations[operation];
  const source = "source" in support ? ` (${support.source}, ${support.date})` : "";
  const message = `${whyNot(support) ?? "the exchange has no such call"}${source}`;
  const hint =
    support.can === "not yet" ? `Write ${operation} in the adapter of ${id}, see docs/adding-an-exchange.md.` : `${ADOPT}.`;
  return new KeyError({ kind: "NotSupported", exchange: id, operation, message, hint });
}
