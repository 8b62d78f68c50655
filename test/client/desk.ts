import { join } from "node:path";
import { Secret } from "../../providers/src/core/secret";
import { openStore } from "../../providers/src/publish/open-store";
import type { SealedDocument, SealedVersion } from "../../providers/src/seal/document";
import { openSealer } from "../../providers/src/seal/open-sealer";
import { type OpenVersion, sealVersion } from "../../providers/src/seal/version";
import { documentOf, IDENTITY, issued, temporaryFolder } from "../seal/samples";

/** A desk that seals keys of one key file and publishes them where a bot looks. */
export interface Desk {
  readonly url: string;
  readonly reference: string;
  seal(serial: number, state: SealedVersion["state"], changes?: Partial<OpenVersion>): Promise<SealedVersion>;
  publish(versions: readonly SealedVersion[], changes?: Partial<SealedDocument>): Promise<void>;
}

export function secretOf(serial: number): string {
  return `secret-of-version-${serial}`;
}

export function newDesk(): Desk {
  const folder = temporaryFolder();
  const url = `file://${join(folder, "mm-1.json")}`;
  const reference = `local://${join(folder, "key")}`;
  const sealer = openSealer(reference, { environment: "production", env: {} });
  const store = openStore(url, { environment: "production", env: {} });
  return {
    url,
    reference,
    seal: async (serial, state, changes = {}) => {
      const version = issued({ serial, apiKey: `public-id-${serial}`, secret: new Secret(secretOf(serial)), ...changes });
      const sealed = await sealVersion(sealer, version);
      return { ...sealed, state };
    },
    publish: async (versions, changes = {}) => {
      const present = await store.read();
      await store.write(documentOf(versions, changes), present?.revision);
    },
  };
}

export const EXPECTED = IDENTITY;
