import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DynamicHost, type Held, HostFailure, type Properties } from "../../harness/dynamic-host";
import type { ApiKeyOutputs } from "../../providers/src/core/record";

/** What every ApiKey carries in state: the text that the engine hands to the host. */
export const CODE = readFileSync(join(__dirname, "..", "closure", "golden", "provider.txt"), "utf8");

/** What the engine's state holds of one resource. */
interface Kept extends Held {
  readonly inputs: Properties;
  /** The engine's own mark of a half-made resource: the next `up` calls update, whatever diff says. */
  readonly unfinished: boolean;
}

/** How one operation on a resource ended. `killed`: the host did not live to answer. */
export type Ending =
  | { readonly how: "nothing" | "done" | "killed" }
  | { readonly how: "failed"; readonly why: string }
  /** By check. */
  | { readonly how: "refused"; readonly why: string };

/** Plays the engine's part for one resource, as the real one was seen to play it. */
export class Resource {
  kept: Kept | undefined;
  /** Whether a refresh has taken it for gone; whoever looks at it sets it back. */
  vanished = false;

  /** What the provider recorded last; absent where nothing was. */
  get outputs(): ApiKeyOutputs | undefined {
    return this.kept?.properties as ApiKeyOutputs | undefined;
  }

  /** What `up` does for it. */
  async up(host: DynamicHost, declared: Properties): Promise<Ending> {
    return await this.#ended(async () => {
      const { inputs, failures } = await host.check(this.kept?.inputs ?? {}, { ...declared, __provider: CODE });
      if (failures.length > 0) return { how: "refused", why: failures.join("; ") };
      if (this.kept === undefined) {
        await this.#record(inputs, () => host.create(inputs));
        return { how: "done" };
      }
      const { kept } = this;
      if (!kept.unfinished && !(await host.diff(kept, inputs))) return { how: "nothing" };
      // The inputs before stay when an update fails.
      await this.#record(inputs, () => host.update(kept, inputs), kept.inputs);
      return { how: "done" };
    });
  }

  /** What `refresh` does for it. It clears the engine's mark. */
  async refresh(host: DynamicHost): Promise<Ending> {
    const { kept } = this;
    if (kept === undefined) return { how: "nothing" };
    return await this.#ended(async () => {
      const seen = await host.read(kept);
      this.vanished = seen === undefined;
      this.kept = seen === undefined ? undefined : { ...seen, unfinished: false };
      return { how: "done" };
    });
  }

  /** What `destroy` does for it. */
  async destroy(host: DynamicHost): Promise<Ending> {
    const { kept } = this;
    if (kept === undefined) return { how: "nothing" };
    return await this.#ended(async () => {
      await host.delete(kept);
      this.kept = undefined;
      return { how: "done" };
    });
  }

  async #record(inputs: Properties, act: () => Promise<Held>, inputsBefore = inputs): Promise<void> {
    try {
      this.kept = { ...(await act()), inputs, unfinished: false };
    } catch (error) {
      if (error instanceof HostFailure && error.partial !== undefined) {
        const { id, properties } = error.partial;
        this.kept = { id, properties, inputs: inputsBefore, unfinished: true };
      }
      throw error;
    }
  }

  async #ended(act: () => Promise<Ending>): Promise<Ending> {
    try {
      return await act();
    } catch (error) {
      if (!(error instanceof HostFailure)) throw error;
      return error.gone ? { how: "killed" } : { how: "failed", why: error.partial?.reasons.join("; ") ?? error.message };
    }
  }
}
