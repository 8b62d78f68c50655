import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { maximumAge } from "./rules/age";
import { givenAddressesWithReason } from "./rules/given-addresses";
import { protectedKmsKey } from "./rules/kms-key";
import { oneKeyPerBot } from "./rules/one-key-per-bot";
import { exclusiveSubAccountHoldsOneKey, spotApartFromFutures } from "./rules/products-apart";
import { purposeRequired } from "./rules/purpose";
import { purposesApart } from "./rules/purposes-apart";
import { productionSealsWithKms } from "./rules/seal";
import { ipWhitelistRequired } from "./rules/whitelist";
import { noTradeWithWithdraw } from "./rules/withdraw";

/** Every rule of the pack. */
export const policies: readonly (ResourceValidationPolicy | StackValidationPolicy)[] = [
  noTradeWithWithdraw,
  ipWhitelistRequired,
  maximumAge,
  purposeRequired,
  oneKeyPerBot,
  purposesApart,
  spotApartFromFutures,
  exclusiveSubAccountHoldsOneKey,
  productionSealsWithKms,
  givenAddressesWithReason,
  protectedKmsKey,
];
