import assert from "node:assert/strict";
import { ownerHash, readLabel } from "../../providers/src/core/label";
import { Engine } from "./engine";
import type { Kind } from "./kinds";
import { textAt } from "./memory-store";
import { edited, type Hand, type Stamping } from "./tampering";
import { World } from "./world";

/** Sub-account of keys that no run of ours has to do with. */
const ELSEWHERE = "sub2";

export type Declared = ReturnType<Engine["declared"]>;

/** Genuine texts that are out of place: of another key of the same parent, and of the same key before it was destroyed. */
interface Texts {
  readonly otherKey: string;
  readonly earlierLife: string;
}

/**
 * A desk whose published documents somebody else may write. In its account live a person's keys and another key of the same parent, none of
 * which a run of ours may ever touch.
 */
export class AttackedDesk {
  readonly engine: Engine;
  /** Public ids that are none of the key's, as they were. */
  readonly foreign = new Map<string, string>();

  private constructor(
    readonly world: World,
    readonly declared: Declared,
    readonly texts: Texts,
  ) {
    this.engine = new Engine(world);
  }

  static async of(kind: Kind, changes: Partial<Declared> = {}): Promise<AttackedDesk> {
    const world = new World(kind);
    const declared = new Engine(world).declared(changes);
    const other = new Engine(world);
    const elsewhere = kind === "unlabelled" ? { subAccount: ELSEWHERE } : {};
    const otherDeclared = other.declared({ name: "other", publish: "file:///other.json", ...elsewhere });
    assert.equal(await other.up(otherDeclared), "done");
    const former = new Engine(world);
    assert.equal(await former.up(declared), "done");
    const earlierLife = textAt(declared.publish, world) ?? "";
    await former.destroy();
    const otherKey = textAt(otherDeclared.publish, world) ?? "";
    const desk = new AttackedDesk(world, declared, { otherKey, earlierLife });
    for (const apiKey of world.keys.keys()) desk.leaveAlone(apiKey);
    for (const subAccount of kind === "unlabelled" ? [ELSEWHERE] : ["sub1", ELSEWHERE]) desk.plantForeign(subAccount);
    return desk;
  }

  /** A desk whose key was issued once, or rotated once and is in its overlap. */
  static async begun(kind: Kind, changes: Partial<Declared> = {}): Promise<AttackedDesk> {
    const desk = await AttackedDesk.of(kind, changes);
    assert.equal(await desk.engine.up(desk.declared), "done");
    return desk;
  }

  /** Where the key's sub-account has foreign keys, one of those; else one of another sub-account. */
  get aForeignKey(): string {
    const found = [...this.foreign.keys()].filter((apiKey) => apiKey.startsWith("treasury"));
    return found[0] ?? "";
  }

  get text(): string | undefined {
    return textAt(this.declared.publish, this.world);
  }

  write(text: string): void {
    this.world.texts.set(this.declared.publish, text);
  }

  removeDocument(): void {
    this.world.texts.delete(this.declared.publish);
    this.world.documents.delete(this.declared.publish);
  }

  hand(pick = 0): Hand {
    return { foreign: this.aForeignKey, now: this.world.now.toISOString(), pick };
  }

  /** @returns false when there was nothing to change */
  edit(what: string, { stamping, pick = 0 }: { readonly stamping: Stamping; readonly pick?: number }): boolean {
    const { text } = this;
    if (text === undefined) return false;
    const next = edited(text, what, { hand: this.hand(pick), stamping });
    this.write(next);
    return next !== text;
  }

  later(hours: number): void {
    this.world.now = new Date(this.world.now.getTime() + hours * 3_600_000);
  }

  /** Public ids of the key's own, whatever is recorded of them. */
  get living(): readonly string[] {
    const hash = ownerHash(this.declared);
    const isOurs = (label: string, subAccount: string): boolean =>
      subAccount === this.declared.subAccount && (this.world.kind === "unlabelled" || readLabel(label)?.hash === hash);
    return [...this.world.keys.values()].filter(({ label, subAccount }) => isOurs(label, subAccount)).map(({ apiKey }) => apiKey);
  }

  /** From now on nothing of this key may change. */
  leaveAlone(apiKey: string): void {
    this.foreign.set(apiKey, JSON.stringify(this.world.keys.get(apiKey)));
  }

  /** A person gives a key of ours another label. */
  relabel(apiKey: string, label = "treasury"): void {
    const key = this.world.keys.get(apiKey);
    assert.ok(key);
    this.world.keys.set(apiKey, { ...key, label });
    if (label === "treasury") this.leaveAlone(apiKey);
    else this.foreign.delete(apiKey);
  }

  /** What was changed of keys that are none of ours. */
  get harm(): readonly string[] {
    return [...this.foreign].flatMap(([apiKey, before]) =>
      JSON.stringify(this.world.keys.get(apiKey)) === before ? [] : [`somebody else's key ${apiKey} was touched`],
    );
  }

  /** Sealing references that somebody opened by, and neither program nor state names. */
  get strangersAsked(): readonly string[] {
    return this.world.opened.filter((reference) => reference !== this.declared.seal);
  }

  private plantForeign(subAccount: string): void {
    const apiKey = `treasury-${subAccount}`;
    const rest = { scopes: ["read"] as const, ipWhitelist: ["10.0.0.1"], unknownFlags: [], expired: false };
    this.world.keys.set(apiKey, { apiKey, subAccount, label: "treasury", ...rest });
    this.leaveAlone(apiKey);
  }
}
