import type { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { AwsSessions } from "./session";

export interface SecretsManagerApi {
  readonly sdk: typeof import("@aws-sdk/client-secrets-manager");
  readonly client: SecretsManagerClient;
}

/** The sessions with AWS Secrets Manager of this process. */
export const secretsManager = new AwsSessions<SecretsManagerApi>(async (options) => {
  const sdk = await import("@aws-sdk/client-secrets-manager");
  return { sdk, client: new sdk.SecretsManagerClient(options) };
});
