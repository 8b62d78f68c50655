import { readLabel } from "../core/label";
import type { Stray } from "../core/record";
import type { ApiKeyId } from "../core/words";
import type { KeySpec, ObservedKey } from "../exchanges/adapter";
import type { SealedDocument } from "../seal/document";
import type { Intent } from "./record";

/** What a record says of a key. */
export type KeyFacts = Partial<Pick<Intent, "label" | "serial" | "key">>;

/** The label of the key with a serial and the name that it was issued under. `undefined` where keys carry none of ours. */
export type Labelling = (serial: number, name: string) => string | undefined;

/**
 * What one operation has been told of its keys: by its state, by documents that it reads and writes, by listings and by answers. So an act
 * on a key is written with all that is known of it, whatever the act itself is given.
 */
export class KnownKeys {
  readonly #byId = new Map<ApiKeyId, KeyFacts>();
  readonly #bySerial = new Map<number, ApiKeyId>();
  readonly #labelling: Labelling;
  /** Of the intent that was read or published last. */
  #intended: number | undefined;

  constructor(labelling: Labelling = () => undefined) {
    this.#labelling = labelling;
  }

  addDocument(document: SealedDocument): void {
    this.#intended = document.intent?.serial;
    for (const { serial, apiKey, identity = document.identity } of document.versions) {
      this.#bySerial.set(serial, apiKey);
      this.#add(apiKey, this.#labelled(serial, identity.name));
    }
  }

  addStrays(strays: readonly Stray[], name: string): void {
    for (const { apiKey, serial } of strays) if (serial !== undefined) this.#add(apiKey, this.#labelled(serial, name));
  }

  /** The label that a key has at the exchange goes before the one that follows from its serial. */
  addLabels(keys: readonly Pick<ObservedKey, "apiKey" | "label">[]): void {
    for (const { apiKey, label } of keys) this.#byId.set(apiKey, { ...this.#byId.get(apiKey), ...factsIn(label) });
  }

  addIssued(apiKey: ApiKeyId, facts: KeyFacts): void {
    this.#byId.set(apiKey, facts);
    if (facts.serial !== undefined) this.#bySerial.set(facts.serial, apiKey);
  }

  ofKey(apiKey: ApiKeyId): KeyFacts {
    return { ...this.#byId.get(apiKey), key: apiKey.slice(-4) };
  }

  /** Of the version that was, or is to be, sealed under a serial and a name. */
  ofSerial(serial: number, name: string): KeyFacts {
    const apiKey = this.#bySerial.get(serial);
    return { ...this.#labelled(serial, name), ...(apiKey === undefined ? {} : this.ofKey(apiKey)) };
  }

  /** Of a key that is asked for. Where keys carry no label, the published intent says which serial it gets. */
  ofSpec({ label }: KeySpec): KeyFacts {
    return { ...(this.#intended === undefined ? {} : { serial: this.#intended }), ...factsIn(label) };
  }

  /** Of the newest key that a document names, which may be one that is only intended. */
  ofDocument({ versions, intent }: SealedDocument): KeyFacts {
    const newest = versions.reduce((serial, version) => Math.max(serial, version.serial), 0);
    if (intent !== undefined && intent.serial > newest) return { serial: intent.serial, ...factsIn(intent.label ?? "") };
    const version = versions.find(({ serial }) => serial === newest);
    return version === undefined ? {} : { ...this.ofKey(version.apiKey), serial: newest };
  }

  #labelled(serial: number, name: string): KeyFacts {
    const label = this.#labelling(serial, name);
    return { ...(label === undefined ? {} : { label }), serial };
  }

  #add(apiKey: ApiKeyId, facts: KeyFacts): void {
    this.#byId.set(apiKey, { ...facts, ...this.#byId.get(apiKey) });
  }
}

function factsIn(label: string): KeyFacts {
  const serial = readLabel(label)?.serial;
  return { ...(label === "" ? {} : { label }), ...(serial === undefined ? {} : { serial }) };
}
