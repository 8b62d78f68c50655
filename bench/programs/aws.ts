/** What `plain.ts` declares, with its addresses from the AWS entry. They are given ones, so that no plugin of AWS is started. */
import { EgressAddresses } from "pulumi-exchange-keys/aws";
import { ADDRESSES, declareKey } from "./key";
import { names } from "./names";

const egress = new EgressAddresses("egress", { mode: "given", addresses: [...ADDRESSES], reason: "loopback, for the bench" });
for (const [index, name] of names.entries()) declareKey(name, index, egress.addressesFor("bench-1"));
