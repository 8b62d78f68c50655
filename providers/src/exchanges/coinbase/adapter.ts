import type { OpenAdapter, ParentFacts, Wire } from "../adapter";
import { parseAnswer } from "../answer";
import { complete } from "../complete";
import { fromParent } from "./convert";
import { descriptor } from "./descriptor";
import { permissionsAnswer } from "./types";

const exchange = descriptor.id;

export const openAdapter: OpenAdapter = (wire) => complete(descriptor, { inspectParent: () => inspectParent(wire) });

async function inspectParent(wire: Wire): Promise<ParentFacts> {
  const operation = "inspectParent";
  const path = "brokerage/key_permissions";
  const body = await wire.call({ operation, access: ["v3", "private"], method: "GET", path, params: {}, safe: true });
  return fromParent(parseAnswer(permissionsAnswer, body, { exchange, operation }));
}
