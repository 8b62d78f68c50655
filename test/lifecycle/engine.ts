import assert from "node:assert/strict";
import { exchangeReasons } from "../../providers/src/core/causes";
import { identityOf, type ScheduledApiKeyInputs } from "../../providers/src/core/inputs";
import { readLabel } from "../../providers/src/core/label";
import { declaredFingerprint } from "../../providers/src/core/public-key";
import type { ApiKeyOutputs } from "../../providers/src/core/record";
import { schedule } from "../../providers/src/core/schedule";
import { createKey, Unfinished, updateKey } from "../../providers/src/lifecycle/api-key";
import { observe } from "../../providers/src/lifecycle/observe";
import { remove } from "../../providers/src/lifecycle/remove";
import { openVersion } from "../../providers/src/seal/version";
import { inputsAt } from "../core/samples";
import type { World } from "./world";

type Declared = Omit<ScheduledApiKeyInputs, "schedule">;

/** What Pulumi keeps of one resource. Old inputs stay when an update fails: seen on the real engine. */
interface State {
  readonly id: string;
  readonly inputs: ScheduledApiKeyInputs;
  readonly outputs: ApiKeyOutputs;
}

/** Plays the engine's part for one resource, as it was seen to behave. */
export class Engine {
  state: State | undefined;
  /** Why the last `up` failed. */
  reason = "";

  constructor(readonly world: World) {}

  declared(changes: Partial<Declared> = {}): Declared {
    const { schedule: _, ...declared } = inputsAt(this.world.now, changes);
    return this.world.kind === "unlabelled" ? { ...declared, exclusive: true } : declared;
  }

  /** One `up`. @returns how it ended */
  async up(declared: Declared): Promise<"nothing" | "done" | "failed" | "killed"> {
    this.world.revive();
    const old = this.state?.inputs;
    const inputs: ScheduledApiKeyInputs = { ...declared, schedule: schedule(old, declared.rotate, this.world.now) };
    try {
      if (this.state === undefined) {
        const { id, outputs } = await createKey(inputs, this.world.surroundings);
        this.state = { id, inputs, outputs };
        return "done";
      }
      const same = JSON.stringify(inputs) === JSON.stringify(this.state.inputs);
      if (same && exchangeReasons(inputs, this.state.outputs, this.world.now).length === 0) return "nothing";
      const outputs = await updateKey({ id: this.state.id, outputs: this.state.outputs }, inputs, this.world.surroundings);
      this.state = { id: this.state.id, inputs, outputs };
      return "done";
    } catch (error) {
      return this.failed(error, inputs);
    }
  }

  /** One `refresh`. */
  async refresh(): Promise<Awaited<ReturnType<typeof observe>>> {
    this.world.revive();
    assert.ok(this.state);
    const { observed: _, ...recorded } = this.state.outputs;
    const observation = await observe(recorded, this.world.surroundings);
    if (observation.gone) this.state = undefined;
    else if (observation.drift !== undefined)
      this.state = { ...this.state, outputs: { ...recorded, observed: observation.drift } };
    else this.state = { ...this.state, outputs: recorded };
    return observation;
  }

  async destroy(): Promise<void> {
    this.world.revive();
    if (this.state !== undefined) await remove(this.state.outputs, this.world.surroundings);
    this.state = undefined;
  }

  /** Public ids of every living key under our label; where there is none, of all. */
  living(): readonly string[] {
    const ours = (label: string): boolean => this.world.kind === "unlabelled" || readLabel(label) !== undefined;
    return [...this.world.keys.values()].filter((key) => ours(key.label)).map((key) => key.apiKey);
  }

  /** Opens what is published now, as a bot would; its key must live and be exactly as declared. */
  async assertBotWorks(declared: Declared): Promise<string> {
    const document = this.world.documents.get(declared.publish);
    const current = document?.versions.find((version) => version.state === "current");
    assert.ok(current !== undefined, "a current version is published");
    const opened = await openVersion(this.world.surroundings.sealer(current.key), current, identityOf(declared));
    const own = current.fingerprint === undefined ? `secret of ${current.apiKey}` : undefined;
    assert.equal(opened.secret?.reveal(), own);
    for (const known of [current, { fingerprint: this.world.registered.get(current.apiKey) }]) {
      assert.equal(opened.fingerprint, known.fingerprint);
    }
    assert.equal(opened.fingerprint, declaredFingerprint(declared), "the bot signs with what is declared");
    const key = this.world.keys.get(current.apiKey);
    assert.ok(key !== undefined, `the published key ${current.apiKey} lives`);
    assert.deepEqual([...key.scopes].sort(), [...declared.scopes].sort());
    assert.deepEqual(key.ipWhitelist, declared.ipWhitelist);
    return current.apiKey;
  }

  private failed(error: unknown, inputs: ScheduledApiKeyInputs): "failed" | "killed" {
    // A dead process writes no state, whatever it was about to say.
    if (this.world.isDead) return "killed";
    this.reason = error instanceof Error ? error.message : "";
    if (error instanceof Unfinished) this.state = { id: error.id, inputs: this.state?.inputs ?? inputs, outputs: error.outputs };
    return "failed";
  }
}
