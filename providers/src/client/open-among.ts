import { isKind } from "../core/errors";
import type { Identity } from "../core/words";
import { contextOf } from "../seal/context";
import type { SealedVersion } from "../seal/document";
import { MISMATCH_CODES } from "../seal/failure";
import type { Sealer } from "../seal/sealer";
import { type OpenVersion, openVersion, swapped } from "../seal/version";

interface Opener {
  readonly sealer: Sealer;
  readonly identity: Identity;
}

/**
 * Opens a version of a document. When it does not open under its own serial but does under that of a neighbour, the two were swapped.
 * @throws KeyError as `openVersion`; `SwappedVersion`
 */
export async function openAmong(
  versions: readonly SealedVersion[],
  version: SealedVersion,
  opener: Opener,
): Promise<OpenVersion> {
  try {
    return await openVersion(opener.sealer, version, opener.identity);
  } catch (error) {
    if (!isMismatch(error)) throw error;
    const others = versions.map((other) => other.serial).filter((serial) => serial !== version.serial);
    for (const serial of others) {
      if (await opensAs(version, serial, opener)) throw swapped(version.serial, `carries what was sealed as version ${serial}`);
    }
    throw error;
  }
}

async function opensAs(version: SealedVersion, serial: number, { sealer, identity }: Opener): Promise<boolean> {
  try {
    (await sealer.open(version.ciphertext, contextOf(identity, serial))).fill(0);
    return true;
  } catch (error) {
    // Any other refusal says nothing about a swap; the first error is the one to report.
    if (isKind(error, "OpenFailed")) return false;
    throw error;
  }
}

function isMismatch(error: unknown): boolean {
  return isKind(error, "OpenFailed") && error.code !== undefined && MISMATCH_CODES.includes(error.code);
}
