import { setTimeout } from "node:timers/promises";
import type { StoredDocument } from "../publish/store";
import { type OpenOptions, openStored, readPublished, requireNotExpired } from "./open";
import type { OpenedKey } from "./opened-key";
import { lowestSerial, requireSerial } from "./serials";

/** What a bot that follows its key is told, and how it stops. */
export interface Follow {
  /** Pause between two readings, in milliseconds. */
  readonly intervalMs: number;
  /** Ends the following. */
  readonly signal: AbortSignal;
  /** Gets every failure to read, open or hand over a key. The following continues with the key that was handed over last. */
  readonly onError: (error: unknown) => void;
}

/**
 * Reads the document again and again, and hands over the key: once at the start, then at each newer serial. It never hands over a serial
 * below the highest one that this process has opened at that place, with any opener. It knows earlier processes only by `minSerial`. It calls
 * KMS only when the document has changed, or does not open. If `onChange` fails, the next reading hands the key over again. The pauses alone
 * do not keep a process running.
 * @returns when `signal` aborts
 * @throws only what `onError` throws
 */
export async function followKey(
  options: OpenOptions,
  onChange: (key: OpenedKey) => void | Promise<void>,
  follow: Follow,
): Promise<void> {
  const follower = new Follower(options);
  while (!follow.signal.aborted) {
    try {
      const key = await follower.look();
      if (key !== undefined && !follow.signal.aborted) {
        await onChange(key);
        follower.delivered(key);
      }
    } catch (error) {
      follow.onError(error);
    }
    await pause(follow);
  }
}

/** What one following has seen. */
class Follower {
  private last: { readonly revision: string; readonly key: OpenedKey } | undefined;
  private handedOver: number | undefined;

  constructor(private readonly options: OpenOptions) {}

  /** The key to hand over. `undefined` when it was handed over before. @throws KeyError as `openKey` */
  async look(): Promise<OpenedKey | undefined> {
    // Before the reading: what others open while it is under way does not make its document an older one.
    const lowest = lowestSerial(this.options);
    const key = await this.open(await readPublished(this.options), lowest);
    return key.serial === this.handedOver ? undefined : key;
  }

  delivered(key: OpenedKey): void {
    this.handedOver = key.serial;
  }

  private async open(stored: StoredDocument, lowest: number): Promise<OpenedKey> {
    if (this.last?.revision === stored.revision) {
      requireSerial(this.last.key, lowest);
      requireNotExpired(this.last.key, this.options);
      return this.last.key;
    }
    const key = await openStored(stored, { ...this.options, minSerial: lowest });
    this.last = { revision: stored.revision, key };
    return key;
  }
}

async function pause({ intervalMs, signal }: Follow): Promise<void> {
  try {
    await setTimeout(intervalMs, undefined, { signal, ref: false });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
