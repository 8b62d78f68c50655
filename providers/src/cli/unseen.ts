import { setImmediate, setTimeout } from "node:timers/promises";

/** A terminal's input, or what stands for one. */
export interface TypedInput {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
}

/** Long enough for what was typed already to be read, and too short to be noticed. */
const SETTLE_MS = 20;

/** Waits until what lies ready on an input has been read. */
export async function settled(): Promise<void> {
  await setTimeout(SETTLE_MS);
  await setImmediate();
}

/**
 * Stops a terminal from echoing, before anything else is loaded: a secret that is typed or pasted early shows on no screen.
 * @returns what ends it: what nobody read by then is thrown away, so that no rest of a secret reaches the shell
 */
export function hideTyping(input: NodeJS.ReadStream): () => Promise<void> {
  if (!input.isTTY) return async () => undefined;
  input.setRawMode(true);
  return async () => {
    input.setRawMode(true);
    input.on("data", () => undefined).resume();
    await settled();
    input.pause().setRawMode(false);
  };
}
