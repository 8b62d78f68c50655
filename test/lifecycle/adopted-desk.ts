import assert from "node:assert/strict";
import { inspect } from "node:util";
import type { AdoptedOutputs, WatchedInputs } from "../../providers/src/core/adopted";
import type { SelfSight } from "../../providers/src/core/adopted-document";
import { type ErrorKind, isKind, KeyError } from "../../providers/src/core/errors";
import { identityOf } from "../../providers/src/core/inputs";
import { Secret } from "../../providers/src/core/secret";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";
import { descriptorOf } from "../../providers/src/exchanges/registry";
import { type AdoptOrder, adopt, type KeyOfPerson } from "../../providers/src/lifecycle/adopt";
import { recordAdopted } from "../../providers/src/lifecycle/adopted-key";
import { World } from "./world";

export const DAY = 86_400_000;
export const SECRET = "the-secret-of-a-person";
export const HERE = "52.1.2.3";

/** A master key that can withdraw. */
export const INPUTS: WatchedInputs = {
  environment: "sandbox",
  owner: "desk",
  exchange: "okx",
  account: "main",
  subAccount: "master",
  name: "treasury",
  bot: "treasury-1",
  purpose: "treasury",
  scopes: ["read", "withdraw"],
  ipWhitelist: [HERE],
  publish: "file:///treasury.json",
  maxAge: "90d",
  onOverdue: "error",
};

/** A person with a key, an exchange that knows it, and the world of the other lifecycle tests for the rest. */
export class Desk {
  readonly world = new World();
  readonly said: string[] = [];
  now = Date.UTC(2026, 0, 1);
  sight: SelfSight = { isMaster: true, scopes: ["read", "withdraw"], ipWhitelist: [HERE] };
  refusal: ErrorKind | undefined;
  asked = 0;
  read = 0;
  addresses: readonly string[] = [HERE];
  descriptor: Descriptor = descriptorOf("okx");

  get surroundings() {
    const { store, sealer } = this.world.surroundings;
    return {
      store,
      sealer,
      clock: { now: () => new Date(this.now) },
      notice: (text: string) => void this.said.push(text),
      random: this.world.surroundings.random,
      addresses: () => this.addresses,
      descriptor: () => this.descriptor,
      inspect: async (): Promise<SelfSight> => {
        this.asked += 1;
        if (this.refusal !== undefined) throw new KeyError({ kind: this.refusal, message: "refused", code: "50119" });
        return this.sight;
      },
    };
  }

  adopt(changes: Partial<AdoptOrder> = {}, key: Partial<KeyOfPerson> = {}) {
    const { scopes, ipWhitelist, publish, environment } = INPUTS;
    const issuedAt = new Date(this.now).toISOString();
    const seal = "local:///key";
    const order = { ...identityOf(INPUTS), environment, scopes, ipWhitelist, publish, seal, issuedAt, verify: true, ...changes };
    const readKey = async (): Promise<KeyOfPerson> => {
      this.read += 1;
      return { apiKey: "pub1", secret: new Secret(SECRET), ...key };
    };
    return adopt(order, { ...this.surroundings, readKey });
  }

  record(changes: Partial<WatchedInputs> = {}, recorded?: AdoptedOutputs): Promise<AdoptedOutputs> {
    return recordAdopted({ ...INPUTS, ...changes }, recorded, this.surroundings);
  }

  get document() {
    const found = this.world.documents.get(INPUTS.publish);
    assert.ok(found !== undefined);
    return found;
  }
}

export async function fails(act: Promise<unknown>, kind: ErrorKind, said: RegExp): Promise<void> {
  await assert.rejects(act, (error: unknown) => {
    assert.ok(isKind(error, kind), String(error));
    assert.match(error.message, said);
    assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(SECRET));
    return true;
  });
}
