import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { canonicalContext } from "./context";
import { sealFailure, wrongContext } from "./failure";
import { createKeyFile, readKeyFile } from "./key-file";
import type { SealContext, Sealer } from "./sealer";

/*
 * Layout, version 1: one byte 0x01 | 8 bytes key id | 12 bytes nonce | 16 bytes tag | ciphertext.
 * The key id is no secret. It only tells "another key" from "another context"; the tag decides.
 */
const LAYOUT = 1;
const KEY_ID_BYTES = 8;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const NONCE_AT = 1 + KEY_ID_BYTES;
const TAG_AT = NONCE_AT + NONCE_BYTES;
const TEXT_AT = TAG_AT + TAG_BYTES;
const ALGORITHM = "aes-256-gcm";

/** The sealer of a laptop: AES-256-GCM under a key file, with the canonical context as associated data. */
export function openLocalSealer(reference: string, path: string): Sealer {
  return {
    reference,
    seal: async (plaintext, context) => {
      const key = await keyToSeal(path);
      try {
        return encrypt(key, plaintext, context).toString("base64");
      } finally {
        key.fill(0);
      }
    },
    open: async (ciphertext, context) => {
      const sealed = decode(ciphertext);
      const key = await keyToOpen(path);
      try {
        return decrypt(key, sealed, context);
      } finally {
        key.fill(0);
      }
    },
  };
}

async function keyToSeal(path: string): Promise<Buffer> {
  const present = await readKeyFile(path, "SealFailed");
  if (present !== undefined) return present;
  await createKeyFile(path);
  const created = await readKeyFile(path, "SealFailed");
  if (created !== undefined) return created;
  throw sealFailure("SealFailed", { message: `the key file ${path} is gone right after it was created` });
}

async function keyToOpen(path: string): Promise<Buffer> {
  const key = await readKeyFile(path, "OpenFailed");
  if (key !== undefined) return key;
  throw sealFailure("OpenFailed", {
    message: `there is no key file ${path}`,
    code: "ENOENT",
    hint: "Opening never creates one: copy the file that sealed this, or restore it from its backup.",
  });
}

function encrypt(key: Buffer, plaintext: Uint8Array, context: SealContext): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(Buffer.from(canonicalContext(context)));
  const text = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return Buffer.concat([Buffer.from([LAYOUT]), keyId(key), nonce, cipher.getAuthTag(), text]);
}

function decrypt(key: Buffer, sealed: Buffer, context: SealContext): Uint8Array {
  if (!sealed.subarray(1, NONCE_AT).equals(keyId(key))) {
    throw sealFailure("OpenFailed", {
      message: "sealed under another key file",
      code: "OtherKey",
      hint: "Use the key file that sealed it.",
    });
  }
  const decipher = createDecipheriv(ALGORITHM, key, sealed.subarray(NONCE_AT, TAG_AT), { authTagLength: TAG_BYTES });
  decipher.setAAD(Buffer.from(canonicalContext(context)));
  decipher.setAuthTag(sealed.subarray(TAG_AT, TEXT_AT));
  const text = decipher.update(sealed.subarray(TEXT_AT));
  try {
    decipher.final();
    return text;
  } catch {
    text.fill(0);
    throw wrongContext("AuthenticationFailed");
  }
}

function decode(ciphertext: string): Buffer {
  const sealed = Buffer.from(ciphertext, "base64");
  const malformed = sealed.length < TEXT_AT || sealed.toString("base64") !== ciphertext;
  if (malformed || sealed[0] !== LAYOUT) {
    throw sealFailure("OpenFailed", {
      message: malformed ? "not a ciphertext of the local sealer" : "a ciphertext layout that this release does not know",
      code: malformed ? "Malformed" : "UnknownLayout",
      hint: malformed ? "Publish the document again." : "Upgrade pulumi-exchange-keys.",
    });
  }
  return sealed;
}

function keyId(key: Buffer): Buffer {
  return createHmac("sha256", key).update("exchange-keys local key id").digest().subarray(0, KEY_ID_BYTES);
}
