import { Agent } from "node:https";
import type { KMSClient } from "@aws-sdk/client-kms";
import { contextValues } from "./context";
import type { SealFailure } from "./failure";
import type { Variables } from "./kms-endpoint";
import { kmsFailure } from "./kms-failure";
import type { KmsReference } from "./references";
import type { Sealer } from "./sealer";

const CONNECT_MS = 1_500;
const REQUEST_MS = 2_500;
const ATTEMPTS = 3;
/** Everything together, credentials and retries too: the engine has no deadline of its own. */
const DEADLINE_MS = 8_000;

export interface KmsAccess {
  /** Set only in the sandbox: an endpoint on this machine. */
  readonly endpoint: string | undefined;
  readonly env: Variables;
}

interface Kms {
  readonly sdk: typeof import("@aws-sdk/client-kms");
  readonly client: KMSClient;
}

/** A sealer whose key never leaves AWS KMS: one Encrypt or Decrypt call each. The AWS SDK is loaded at the first call. */
export function openKmsSealer(reference: string, key: KmsReference, access: KmsAccess): Sealer {
  let connected: Promise<Kms> | undefined;
  const call = async <T>(kind: SealFailure, ask: (kms: Kms, abortSignal: AbortSignal) => Promise<T>): Promise<T> => {
    connected ??= connect(key, access);
    const kms = connected;
    try {
      return await withDeadline(async (signal) => ask(await kms, signal));
    } catch (error) {
      throw kmsFailure(kind, error, reference);
    }
  };
  return {
    reference,
    seal: (plaintext, context) =>
      call("SealFailed", async ({ sdk, client }, abortSignal) => {
        const input = { KeyId: key.keyId, Plaintext: plaintext, EncryptionContext: contextValues(context) };
        const answer = await client.send(new sdk.EncryptCommand(input), { abortSignal });
        return Buffer.from(present(answer.CiphertextBlob)).toString("base64");
      }),
    open: (ciphertext, context) =>
      call("OpenFailed", async ({ sdk, client }, abortSignal) => {
        // Naming the key refuses what another key sealed, even one that this caller may use.
        const input = {
          KeyId: key.keyId,
          CiphertextBlob: Buffer.from(ciphertext, "base64"),
          EncryptionContext: contextValues(context),
        };
        const answer = await client.send(new sdk.DecryptCommand(input), { abortSignal });
        return present(answer.Plaintext);
      }),
  };
}

async function connect(key: KmsReference, { endpoint, env }: KmsAccess): Promise<Kms> {
  const sdk = await import("@aws-sdk/client-kms");
  const region = key.region ?? env.AWS_REGION;
  const client = new sdk.KMSClient({
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint, credentials: sandboxCredentials(env) }),
    // A profile's endpoint_url would otherwise move production's KMS.
    ignoreConfiguredEndpointUrls: true,
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: REQUEST_MS,
      throwOnRequestTimeout: true,
      // Said explicitly, so that no environment variable weakens it.
      httpsAgent: new Agent({ minVersion: "TLSv1.3", rejectUnauthorized: true, keepAlive: true }),
    },
  });
  await client.config.region().catch(() => {
    throw new Named("RegionMissing");
  });
  return { sdk, client };
}

/** The usual chain would ask instance metadata, which is not on this machine. */
function sandboxCredentials(env: Variables) {
  const { AWS_ACCESS_KEY_ID: accessKeyId = "sandbox", AWS_SECRET_ACCESS_KEY: secretAccessKey = "sandbox" } = env;
  const sessionToken = env.AWS_SESSION_TOKEN;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

/** An error whose name becomes the code of a failure. */
class Named extends Error {
  constructor(override readonly name: string) {
    super(name);
  }
}

function present(bytes: Uint8Array | undefined): Uint8Array {
  if (bytes === undefined) throw new Named("EmptyAnswer");
  return bytes;
}

async function withDeadline<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Named("TimeoutError")), { once: true });
  });
  return Promise.race([work(signal), late]);
}
