import { ADOPT } from "../core/adoption";
import { KeyError } from "../core/errors";
import type { KeyAdapter } from "./adapter";
import type { Descriptor } from "./descriptor";

type Management = Pick<KeyAdapter, "list" | "issue" | "set" | "revoke">;

/**
 * The part of an adapter that manages keys, for exchanges where only a person does. Sends nothing.
 * @throws KeyError `NotSupported`, from every call, with the descriptor's reason
 */
export function adoptedOnly(descriptor: Pick<Descriptor, "id" | "operations">): Management {
  const refuse = (operation: keyof Management) => async (): Promise<never> => {
    const support = descriptor.operations[operation];
    const message = "why" in support ? support.why : "the exchange has no such call";
    throw new KeyError({ kind: "NotSupported", exchange: descriptor.id, operation, message, hint: `${ADOPT}.` });
  };
  return { list: refuse("list"), issue: refuse("issue"), set: refuse("set"), revoke: refuse("revoke") };
}
