import { createHash } from "node:crypto";
import type { DeliveredVersion } from "./delivery";

export const CURRENT = "AWSCURRENT";
export const PREVIOUS = "AWSPREVIOUS";

const OURS = /^exchange-keys-([a-z2-7]{10})-([0-9]{6})-[0-9a-f]{24}$/;

/** Version ids of a secret with the stages that each carries. */
export type Stages = Readonly<Record<string, readonly string[]>>;

/** The id under which a version is delivered: the same whenever it is delivered again, so that nothing is stored twice. */
export function versionId(hash: string, { serial, apiKey }: DeliveredVersion): string {
  const digest = createHash("sha256").update(apiKey).digest("hex").slice(0, 24);
  return `exchange-keys-${hash}-${String(serial).padStart(6, "0")}-${digest}`;
}

/** The serial in an id of this key's. `undefined` for anybody else's. */
export function serialIn(id: string, hash: string): number | undefined {
  const [, owner, serial] = OURS.exec(id) ?? [];
  return owner === hash ? Number(serial) : undefined;
}

/** The version that carries a stage. */
export function holderOf(stages: Stages, stage: string): string | undefined {
  return Object.keys(stages).find((id) => stages[id]?.includes(stage));
}

/** What a secret shows, and up to which serial the key was destroyed that it was delivered by: one made anew begins again at 1. */
export interface Shown {
  readonly stages: Stages;
  readonly ended: number | undefined;
}

/** Why the secret must not be written: what it shows now is not this key's, or is newer. */
export function obstacle({ stages, ended = 0 }: Shown, hash: string, serial: number): string | undefined {
  const current = holderOf(stages, CURRENT);
  if (current === undefined) return undefined;
  const shown = serialIn(current, hash);
  if (shown === undefined) return "holds a value that was not delivered by this key";
  return shown > serial && shown > ended ? `shows serial ${shown}, which is newer than ${serial}` : undefined;
}
