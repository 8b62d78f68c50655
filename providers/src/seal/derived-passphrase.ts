import { Secret } from "../core/secret";
import type { StampKey } from "./stamp";

/** Which key a passphrase manages. */
export interface PassphraseSubject {
  /** Owner hash of the label. */
  readonly hash: string;
  readonly serial: number;
}

/** Of these many characters a byte chooses one. */
const BYTE_VALUES = 256;
/** Bytes for each character: enough, as one in two is thrown away at worst. */
const BYTES_PER_CHARACTER = 16;

/**
 * The passphrase of a key, by its exchange's rules: the same for the same parent credential, owner hash and serial. So a key whose sealed
 * passphrase is lost can still be ended.
 */
export function derivedPassphrase(
  key: StampKey,
  { hash, serial }: PassphraseSubject,
  rules: { readonly length: number; readonly sets: readonly string[] },
): Secret {
  const bytes = key.derive(JSON.stringify(["passphrase", hash, serial]), (2 * rules.length + 2) * BYTES_PER_CHARACTER);
  const below = chooser(bytes);
  const all = rules.sets.join("");
  const pick = (characters: string): string => characters.charAt(below(characters.length));
  const rest = Array.from({ length: Math.max(0, rules.length - rules.sets.length) }, () => all);
  const characters = [...rules.sets, ...rest].map(pick);
  for (let index = characters.length - 1; index > 0; index -= 1) {
    const other = below(index + 1);
    [characters[index], characters[other]] = [characters[other] ?? "", characters[index] ?? ""];
  }
  return new Secret(characters.join(""));
}

/** Numbers below a limit, each as likely as the others: a byte that would favour some is thrown away. */
function chooser(bytes: Buffer): (limit: number) => number {
  let at = 0;
  return (limit) => {
    const fair = BYTE_VALUES - (BYTE_VALUES % limit);
    for (; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (byte >= fair) continue;
      at += 1;
      return byte % limit;
    }
    throw new RangeError("the passphrase's rules ask for more than was derived");
  };
}
