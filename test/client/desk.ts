import { join } from "node:path";
import type { AwsSurroundings } from "../../providers/src/aws-api/endpoint";
import { Secret } from "../../providers/src/core/secret";
import { openStore } from "../../providers/src/publish/open-store";
import type { SealedDocument, SealedVersion } from "../../providers/src/seal/document";
import { openSealer } from "../../providers/src/seal/open-sealer";
import { type OpenVersion, sealVersion } from "../../providers/src/seal/version";
import { documentOf, IDENTITY, issued, temporaryFolder } from "../seal/samples";

/** A desk that seals keys by one reference, a key file or KMS, and publishes them where a bot looks. */
export interface Desk {
  readonly url: string;
  readonly reference: string;
  /** Where the sealer is reached, for whoever opens. */
  readonly surroundings: AwsSurroundings;
  seal(serial: number, state: SealedVersion["state"], changes?: Partial<OpenVersion>): Promise<SealedVersion>;
  publish(versions: readonly SealedVersion[], changes?: Partial<SealedDocument>): Promise<void>;
}

export function secretOf(serial: number): string {
  return `secret-of-version-${serial}`;
}

/** How a desk seals. */
export interface Sealing {
  readonly reference: string;
  readonly surroundings: AwsSurroundings;
}

/** @param sealing absent for a key file of its own */
export function newDesk(sealing?: Sealing): Desk {
  const folder = temporaryFolder();
  const url = `file://${join(folder, "mm-1.json")}`;
  const surroundings = sealing?.surroundings ?? { environment: "production", env: {} };
  const reference = sealing?.reference ?? `local://${join(folder, "key")}`;
  const sealer = openSealer(reference, surroundings);
  const store = openStore(url, surroundings);
  return {
    url,
    reference,
    surroundings,
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
