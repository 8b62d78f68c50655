import { ADOPT } from "../core/adoption";
import { KeyError } from "../core/errors";
import { whyNot } from "../core/support";
import { OPERATIONS, type Operation } from "../core/words";
import type { KeyAdapter } from "./adapter";
import type { Descriptor } from "./descriptor";

/** The calls that an exchange's folder has, one for each operation that its descriptor answers with "yes". */
type Written = Partial<Omit<KeyAdapter, "descriptor">>;

/**
 * A whole adapter out of the calls that there are. Each other operation is refused with the descriptor's reason, and sends nothing.
 * @returns an adapter whose refusals are KeyErrors of the kind `NotSupported`
 * @throws Error when the calls are not those that the descriptor answers with "yes"
 */
export function complete(descriptor: Descriptor, written: Written): KeyAdapter {
  const wrong = OPERATIONS.filter((operation) => {
    return (descriptor.operations[operation].can === "yes") !== (written[operation] !== undefined);
  });
  if (wrong.length > 0) throw new Error(wrong.map((operation) => mismatch(descriptor, operation)).join("; "));
  const refuse = (operation: Operation) => async (): Promise<never> => {
    throw refusal(descriptor, operation);
  };
  return {
    descriptor,
    list: refuse("list"),
    issue: refuse("issue"),
    set: refuse("set"),
    revoke: refuse("revoke"),
    inspectParent: refuse("inspectParent"),
    ...written,
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

function mismatch({ id, operations }: Descriptor, operation: Operation): string {
  const { can } = operations[operation];
  const has = can === "yes" ? "lacks it" : "has it";
  return `${operation} is "${can}" in the descriptor of ${id}, and the adapter ${has}`;
}
