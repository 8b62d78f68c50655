import { KeyError } from "../../providers/src/core/errors";
import { RevocationBudget } from "../../providers/src/core/revocation-budget";
import { Secret } from "../../providers/src/core/secret";
import type { Delivery } from "../../providers/src/deliver/delivery";
import type { IssuedKey, KeyAdapter, KeySpec, ListedKey } from "../../providers/src/exchanges/adapter";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";
import { descriptorOf } from "../../providers/src/exchanges/registry";
import type { Surroundings } from "../../providers/src/lifecycle/surroundings";
import type { SealedDocument } from "../../providers/src/seal/document";
import { type StampKey, stampKeyOf } from "../../providers/src/seal/stamp";
import { type Kind, ofKind, type Shown } from "./kinds";
import { Lists, type PlacedKey } from "./lists";
import { memorySealer } from "./memory-sealer";
import { memoryStore } from "./memory-store";

/** The process died here; nothing it would have done afterwards happens. */
export class Killed extends Error {}

/**
 * An exchange, a document store and a sealer in memory, which can die, or fail, before or after every act. They stand in for the real ones
 * because no real one can be stopped between two instructions; the stack tests run the same code against the sandbox.
 */
export class World {
  /** In the middle of an hour, because decisions are made on the full one. */
  now = new Date(Date.UTC(2026, 0, 1, 0, 29, 19, 91));
  readonly keys = new Map<string, PlacedKey>();
  readonly lists = new Lists();
  /** Whether the exchange reads one key by its id. */
  findsById = false;
  readonly documents = new Map<string, SealedDocument>();
  readonly log: string[] = [];
  /** Keys that one process may end. */
  revocationBudget = 10;
  private budget = new RevocationBudget();
  /** What a document store takes. */
  maxBytes = 65_536;
  /** Called at every point of a run, `before` or `after` an act. */
  onPoint: (point: string) => void = () => undefined;
  readonly passphrases = new Map<string, string>();
  /** Public id → fingerprint of the public key that the exchange knows. */
  readonly registered = new Map<string, string>();
  /** Whether an answer to an issue holds a secret. @default where no public key is registered */
  answersSecret: boolean | undefined;
  private issued = 0;
  private random = 0;
  private dead = false;

  /** How long after the last one the next process starts. By default longer than a list is late. */
  startsAfterMs: number | undefined;

  constructor(
    readonly kind: Kind = "plain",
    private readonly like: Descriptor = descriptorOf("bybit"),
  ) {}

  get isDead(): boolean {
    return this.dead;
  }

  /** Starts another process. */
  revive(): void {
    this.now = this.startsAfterMs === undefined ? this.seenFrom : new Date(this.now.getTime() + this.startsAfterMs);
    this.budget = new RevocationBudget();
    this.dead = false;
  }

  readonly surroundings: Surroundings = {
    exchange: async () => ({
      adapter: this.adapter,
      stampKeys: this.stampKeys,
      clockDifference: async () => this.clockDifferenceMs,
      fresh: (one, inFull) => this.look(one, inFull),
      shared: (one, inFull) => this.look(one, inFull),
    }),
    store: (url) => {
      const { maxBytes, reads } = this;
      return memoryStore(url, this, { maxBytes, reads, point: (name, act) => this.point(name, act) });
    },
    sealer: (reference) =>
      memorySealer(reference, {
        point: (name, act) => this.point(name, act),
        onOpen: () => this.opened.push(reference) > 0 && this.mayOpen,
      }),
    delivery: (url) => this.deliveryTo(url),
    clock: { now: () => this.now },
    random: () => {
      this.random += 1;
      return `holder-${this.random}`;
    },
    passphrase: () => this.surroundings.random(),
    sleep: async (milliseconds) => {
      this.now = new Date(this.now.getTime() + milliseconds);
    },
    beforeEnding: (ending) => this.budget.spend(ending, this.revocationBudget),
    notice: (text) => this.log.push(`notice ${text}`),
  };

  /** By how much this machine's clock is ahead of the exchange's. */
  clockDifferenceMs = 0;
  /** Secret of the parent credential. */
  parentSecret = "the parent's secret";
  /** What documents are stamped with instead, where something is declared. */
  stampSecret: string | undefined;

  get stampKeys(): readonly [StampKey, ...StampKey[]] {
    const own = stampKeyOf(new Secret(this.parentSecret));
    return this.stampSecret === undefined ? [own] : [stampKeyOf(new Secret(this.stampSecret)), own];
  }

  /** Sealing references by which something was opened. */
  readonly opened: string[] = [];

  /** What a look makes of a text: a test may let every text bear a good stamp. */
  reads: (text: string) => string = (text) => text;

  /** Texts that lie where a document is expected, and are none of ours. */
  readonly texts = new Map<string, string>();

  /** What places of delivery show, by URL. */
  readonly places = new Map<string, Shown>();
  /** The exchange says that it revoked a key, and the key lives on. */
  revokesInVain = false;
  /** Whether whoever runs `up` has the right to decrypt. */
  mayOpen = true;

  /** What the only place of delivery shows. */
  get delivered(): Shown | undefined {
    if (this.places.size > 1) throw new Error("the key is delivered to more than one place");
    return [...this.places.values()][0];
  }

  private deliveryTo(url: string): Delivery {
    return {
      deliver: async ({ current, previous, open }) => {
        const shown = this.places.get(url);
        const secret = shown?.current === current.serial ? shown.secret : (await open()).secret.reveal();
        return await this.point("deliver", () => {
          this.places.set(url, { current: current.serial, previous: previous?.serial, secret });
        });
      },
      end: () =>
        this.point("end delivery", () => {
          this.places.delete(url);
          return "scheduled" as const;
        }),
    };
  }

  private async point<T>(name: string, act: () => T): Promise<T> {
    this.pass(`before ${name}`);
    const result = act();
    this.log.push(name);
    this.pass(`after ${name}`);
    return result;
  }

  private pass(point: string): void {
    if (this.dead) throw new Killed(point);
    try {
      this.onPoint(point);
    } catch (error) {
      this.dead = error instanceof Killed;
      throw error;
    }
  }

  private get descriptor(): Descriptor {
    return ofKind(this.kind, this.like);
  }

  /** From when lists show what is changed now. */
  private get seenFrom(): Date {
    return new Date(this.now.getTime() + this.descriptor.propagationMs.value);
  }

  private requirePassphrase(apiKey: string, passphrase: Secret | undefined): void {
    if (this.descriptor.passphrase?.value.toManage !== true) return;
    const wanted = this.passphrases.get(apiKey);
    if (wanted !== undefined && wanted !== passphrase?.reveal()) {
      throw new KeyError({ kind: "CredentialsUnavailable", message: "not this key's passphrase" });
    }
  }

  /** Made anew each time: fields are set before the constructor's parameters. */
  private get adapter(): KeyAdapter {
    return {
      descriptor: this.descriptor,
      list: (subAccount) => this.point("list", () => this.shown().filter((key) => key.subAccount === subAccount)),
      issue: (subAccount, spec) => this.point("issue", () => this.issue(subAccount, spec)),
      set: (_, apiKey, spec) =>
        this.point("set", () => {
          const key = this.keys.get(apiKey);
          if (key === undefined) throw new KeyError({ kind: "NotFound", message: "no such key" });
          this.requirePassphrase(apiKey, spec.passphrase);
          this.lists.changed(apiKey, { seenFrom: this.seenFrom, before: key });
          this.keys.set(apiKey, { ...key, scopes: spec.scopes, ipWhitelist: spec.ipWhitelist });
        }),
      revoke: (_, apiKey, passphrase) =>
        this.point("revoke", () => {
          const key = this.keys.get(apiKey);
          if (key === undefined) return;
          this.requirePassphrase(apiKey, passphrase);
          if (this.revokesInVain) return;
          this.lists.changed(apiKey, { seenFrom: this.seenFrom, before: key });
          this.keys.delete(apiKey);
        }),
      ...(this.findsById ? { find: (_, apiKey) => this.point("find", () => this.keys.get(apiKey)) } : {}),
      inspectParent: async () => ({ isMaster: true, scopes: [], ipWhitelist: [] }),
    };
  }

  /** Shows no address that nobody asked for, as the sparsest exchange does. */
  private async look(subAccount: string, inFull: readonly string[]): Promise<readonly ListedKey[]> {
    const keys = await this.adapter.list(subAccount);
    return keys.map(({ ipWhitelist, ...key }) =>
      inFull.includes(key.apiKey) && ipWhitelist !== undefined ? { ...key, ipWhitelist } : key,
    );
  }

  private shown(): readonly PlacedKey[] {
    const keys = this.lists.show(this.keys.values(), this.now);
    if (this.kind !== "unlabelled") return keys;
    return keys.map((key) => ({ ...key, label: "", scopes: key.scopes.filter((scope) => scope !== "transfer") }));
  }

  private issue(subAccount: string, spec: KeySpec): IssuedKey {
    this.issued += 1;
    const apiKey = `pub${this.issued}`;
    const { label, scopes, ipWhitelist } = spec;
    this.keys.set(apiKey, { apiKey, subAccount, label, scopes, ipWhitelist, unknownFlags: [], expired: false });
    this.lists.changed(apiKey, { seenFrom: this.seenFrom, before: undefined });
    if (spec.passphrase !== undefined) this.passphrases.set(apiKey, spec.passphrase.reveal());
    if (spec.publicKey !== undefined) this.register(apiKey, spec.publicKey.fingerprint);
    return {
      apiKey,
      ...((this.answersSecret ?? spec.publicKey === undefined) ? { secret: new Secret(`secret of ${apiKey}`) } : {}),
      ...(spec.passphrase === undefined ? {} : { passphrase: spec.passphrase }),
    };
  }

  /** No two living keys may have one key pair. */
  private register(apiKey: string, fingerprint: string): void {
    const shared = [...this.registered].some(([other, known]) => known === fingerprint && this.keys.has(other));
    if (shared) throw new Error("the key pair of a living key was registered again");
    this.registered.set(apiKey, fingerprint);
  }
}
