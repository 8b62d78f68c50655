/** `pulumi-exchange-keys/aws`: what keys need from AWS. Needs `@pulumi/aws`. The main entry and the bots' side never load it. */

export { BotAccess, type BotAccessArgs } from "./bot-access";
export {
  type CurrentAddress,
  EgressAddresses,
  type EgressAddressesArgs,
  type GivenAddresses,
  type NatPerZone,
  type PerBot,
} from "./egress-addresses";
export {
  EgressRoutes,
  type EgressRoutesArgs,
  type ExistingVpcRoutes,
  type InstanceRoutes,
  type NewVpcRoutes,
} from "./egress-routes";
export type { Generations } from "./generations";
export { SealingKey, type SealingKeyArgs } from "./sealing-key";
