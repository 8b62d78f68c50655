/** `pulumi-exchange-keys`: exchange API keys as Pulumi resources. The bot's side is `pulumi-exchange-keys/client`. */

export type { Rotate } from "./core/schedule";
export type { Environment, Scope } from "./core/words";
export { AdoptedApiKey, type AdoptedApiKeyArgs } from "./resources/adopted-api-key";
export { ApiKey, type ApiKeyArgs } from "./resources/api-key";
export { SubAccount, type SubAccountArgs } from "./resources/sub-account";
export type { SealedDocument, SealedVersion } from "./seal/document";
