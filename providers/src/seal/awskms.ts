import type { AwsSurroundings } from "../aws-api/endpoint";
import { AwsSessions, present } from "../aws-api/session";
import { contextValues } from "./context";
import type { SealFailure } from "./failure";
import { kmsFailure } from "./kms-failure";
import type { KmsReference } from "./references";
import type { Sealer } from "./sealer";

const sessions = new AwsSessions(async (options) => {
  const sdk = await import("@aws-sdk/client-kms");
  return { sdk, client: new sdk.KMSClient(options) };
});

/**
 * A sealer whose key never leaves AWS KMS: one Encrypt or Decrypt call each. The AWS SDK is loaded at the first call.
 * @throws KeyError `EnvironmentRefused` for an endpoint that the environment does not allow
 */
export function openKmsSealer(reference: string, key: KmsReference, surroundings: AwsSurroundings): Sealer {
  const { region, keyId } = key;
  const ask = sessions.at({ ...surroundings, service: "KMS", ...(region === undefined ? {} : { region }) });
  const naming = async <T>(kind: SealFailure, asked: Promise<T>): Promise<T> => {
    try {
      return await asked;
    } catch (error) {
      throw kmsFailure(kind, error, reference);
    }
  };
  return {
    reference,
    seal: (plaintext, context) => {
      const asked = ask(async ({ sdk, client }, abortSignal) => {
        const input = { KeyId: keyId, Plaintext: plaintext, EncryptionContext: contextValues(context) };
        const answer = await client.send(new sdk.EncryptCommand(input), { abortSignal });
        return Buffer.from(present(answer.CiphertextBlob)).toString("base64");
      });
      return naming("SealFailed", asked);
    },
    open: (ciphertext, context) => {
      const asked = ask(async ({ sdk, client }, abortSignal) => {
        // Naming the key refuses what another key sealed, even one that this caller may use.
        const input = {
          KeyId: keyId,
          CiphertextBlob: Buffer.from(ciphertext, "base64"),
          EncryptionContext: contextValues(context),
        };
        const answer = await client.send(new sdk.DecryptCommand(input), { abortSignal });
        return present(answer.Plaintext);
      });
      return naming("OpenFailed", asked);
    },
  };
}
