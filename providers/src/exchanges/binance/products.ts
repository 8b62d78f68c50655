import { KeyError } from "../../core/errors";
import type { Operation } from "../../core/words";
import type { Wire } from "../adapter";
import { parseAnswer } from "../answer";
import { exchange, send } from "./calls";
import * as convert from "./convert";
import * as types from "./types";

/** A flag whose product is not enabled in the sub-account is refused, or does nothing: which of them, no source says. */
export async function requireProducts(
  wire: Wire,
  subAccount: string,
  asked: { readonly flags: readonly string[]; readonly operation: Operation },
): Promise<void> {
  const { flags, operation } = asked;
  const needed = convert.productsFor(flags);
  if (needed.length === 0) return;
  const call = { operation, lane: "products", method: "GET", path: "sub-account/status" } as const;
  const [status] = parseAnswer(types.statusAnswer, await send(wire, { email: subAccount }, call), { exchange, operation });
  const lacking = needed.filter(({ field }) => !status[field]).map(({ product }) => product);
  if (lacking.length === 0) return;
  const products = lacking.join(" and ");
  throw new KeyError({
    kind: "NotSupported",
    exchange,
    operation,
    message: `${products} must be enabled in the sub-account before a key of it can have the right`,
    hint: "Futures are enabled by a SubAccount's products, margin by a first transfer into the sub-account's margin account; then run up again. A key made before that has to be rotated.",
  });
}
