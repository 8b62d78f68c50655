import type { OpenAdapter, ParentFacts, Wire } from "../adapter";
import { parseAnswer } from "../answer";
import { complete } from "../complete";
import { fromParent } from "./convert";
import { descriptor } from "./descriptor";
import { accountsAnswer } from "./types";

const exchange = descriptor.id;

export const openAdapter: OpenAdapter = (wire) => complete(descriptor, { inspectParent: () => inspectParent(wire) });

/** No call tells about keys. This one reads, changes nothing, and is of the key's own profile. */
async function inspectParent(wire: Wire): Promise<ParentFacts> {
  const operation = "inspectParent";
  const body = await wire.call({ operation, access: "private", method: "GET", path: "accounts", params: {}, safe: true });
  return fromParent(parseAnswer(accountsAnswer, body, { exchange, operation }));
}
