/** `bench:count` keys, spread over exchanges and sub-accounts. */
import { ADDRESSES, declareKey } from "./key";
import { names } from "./names";

for (const [index, name] of names.entries()) declareKey(name, index, [...ADDRESSES]);
