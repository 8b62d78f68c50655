import { createHash } from "node:crypto";
import type { Identity } from "./words";

const PREFIX = "xk";
const HASH_LENGTH = 10;
const SERIAL_LENGTH = 4;
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";
const LABEL = new RegExp(`^${PREFIX}([a-z2-7]{${HASH_LENGTH}})([0-9]{${SERIAL_LENGTH}})`);

export const MAX_SERIAL = 10 ** SERIAL_LENGTH - 1;

/** What a label may look like on one exchange. */
export interface LabelRules {
  readonly max: number;
  /** Source of a regular expression for one allowed character. */
  readonly characters: string;
}

/** Fixed-width hash of who owns a key. Computed once in a resource's life and then kept in its outputs. */
export function ownerHash(identity: Pick<Identity, "owner" | "exchange" | "subAccount" | "name">): string {
  const text = JSON.stringify([identity.owner, identity.exchange, identity.subAccount, identity.name]);
  const digest = createHash("sha256").update(text).digest();
  return Array.from(digest.subarray(0, HASH_LENGTH), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
}

/** `xk` + hash + serial + as much of the name as fits the exchange's rules. */
export function makeLabel(hash: string, serial: number, name: { readonly text: string; readonly rules: LabelRules }): string {
  const allowed = new RegExp(name.rules.characters);
  const readable = [...name.text].filter((character) => allowed.test(character)).join("");
  return `${PREFIX}${hash}${String(serial).padStart(SERIAL_LENGTH, "0")}${readable}`.slice(0, name.rules.max);
}

/** Owner hash and serial of a label that this product made. `undefined` for any other. */
export function readLabel(label: string): { readonly hash: string; readonly serial: number } | undefined {
  const match = LABEL.exec(label);
  return match?.[1] === undefined ? undefined : { hash: match[1], serial: Number(match[2]) };
}
