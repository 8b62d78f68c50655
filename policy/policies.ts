import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { maximumAge, shortOverlap } from "./rules/age";
import { givenAddressesWithReason } from "./rules/given-addresses";
import { protectedKmsKey } from "./rules/kms-key";
import { notCheckedYet } from "./rules/not-checked-yet";
import { oneKeyPerBot } from "./rules/one-key-per-bot";
import { exclusiveSubAccountHoldsOneKey, spotApartFromFutures } from "./rules/products-apart";
import { purposeRequired } from "./rules/purpose";
import { purposesApart } from "./rules/purposes-apart";
import { productionSealsWithKms } from "./rules/seal";
import { ipWhitelistRequired } from "./rules/whitelist";
import { botTradesOrWithdraws, noTradeWithWithdraw } from "./rules/withdraw";

/** Every rule of the pack. */
export const policies: readonly (ResourceValidationPolicy | StackValidationPolicy)[] = [
  noTradeWithWithdraw,
  botTradesOrWithdraws,
  ipWhitelistRequired,
  maximumAge,
  shortOverlap,
  purposeRequired,
  oneKeyPerBot,
  purposesApart,
  spotApartFromFutures,
  exclusiveSubAccountHoldsOneKey,
  productionSealsWithKms,
  givenAddressesWithReason,
  protectedKmsKey,
  notCheckedYet,
];
