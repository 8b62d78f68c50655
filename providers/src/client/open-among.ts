import { isKind, type KeyError } from "../core/errors";
import type { Identity } from "../core/words";
import type { SealedVersion } from "../seal/document";
import type { Sealer } from "../seal/sealer";
import { type OpenVersion, openVersion, swapped } from "../seal/version";
import { older } from "./serials";

interface Opener {
  readonly sealer: Sealer;
  readonly identity: Identity;
}

/** Each is one more call of KMS, at every reading of a document that does not open. */
const SERIALS_TRIED_BELOW = 8;

/**
 * Opens a version of a document. If it does not open under its own serial, this tries the serials of its neighbours and the eight below its
 * own. They have the same identity, so this needs no further right.
 * @throws KeyError as `openVersion`. `SwappedVersion` when the ciphertext is another version's. `OlderDocument` when an older version
 * was given a higher serial
 */
export async function openAmong(
  versions: readonly SealedVersion[],
  version: SealedVersion,
  opener: Opener,
): Promise<OpenVersion> {
  try {
    return await openVersion(opener.sealer, version, opener.identity);
  } catch (error) {
    if (!isKind(error, "WrongContext")) throw error;
    for (const serial of serialsToTry(versions, version)) {
      const found = await sealedAs(serial, version, opener);
      if (found !== "another serial") throw found ?? error;
    }
    throw error;
  }
}

function serialsToTry(versions: readonly SealedVersion[], { serial }: SealedVersion): ReadonlySet<number> {
  const below = Array.from({ length: SERIALS_TRIED_BELOW }, (_, at) => serial - 1 - at);
  const neighbours = versions.map((version) => version.serial).filter((other) => other !== serial);
  return new Set([...neighbours, ...below.filter((other) => other > 0)]);
}

/** What is wrong with a version, if it was sealed as `serial`. `undefined` when nobody can know. */
async function sealedAs(
  serial: number,
  version: SealedVersion,
  { sealer, identity }: Opener,
): Promise<KeyError | "another serial" | undefined> {
  try {
    await openVersion(sealer, { ...version, serial }, identity);
  } catch (error) {
    if (isKind(error, "WrongContext")) return "another serial";
    // Any other refusal to open says nothing about the document; the first error is the one to report.
    if (isKind(error, "OpenFailed")) return undefined;
    return swapped(version.serial, `carries what was sealed as version ${serial}`);
  }
  if (serial > version.serial) return swapped(version.serial, `is version ${serial} under another serial`);
  return older(`version ${version.serial} is version ${serial} under a higher serial`);
}
