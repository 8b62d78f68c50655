import type { SandboxClock } from "./clock";
import type { FormerKey } from "./control-schema";

/** How a key proves that it is itself: by a secret that both sides know, or by a key pair of the bot's. */
export type Proof = "secret" | "publicKey";

export function proofOf(was: FormerKey): Proof {
  return was.publicKey === undefined ? "secret" : "publicKey";
}

/** When a key was made, in milliseconds: now, but for one of an earlier run that says its time. */
export function madeAt(was: FormerKey | undefined, clock: SandboxClock): number {
  return was?.createdAt === undefined ? clock.now() : Date.parse(was.createdAt);
}
