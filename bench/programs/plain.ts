/** What `aws.ts` declares, with its addresses written out: nothing of AWS is loaded. */
import { ADDRESSES, declareKey } from "./key";
import { names } from "./names";

for (const [index, name] of names.entries()) declareKey(name, index, [...ADDRESSES]);
