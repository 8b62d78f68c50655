import { join } from "node:path";
import { ownerHash } from "../../providers/src/core/label";
import { effectiveScopes } from "../../providers/src/core/scopes";
import type { Scope } from "../../providers/src/core/words";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";
import { descriptorOf } from "../../providers/src/exchanges/registry";
import type { SealedDocument } from "../../providers/src/seal/document";
import type { ChainKey } from "../crash/declared";
import { Resource } from "./resource";

/** Inputs of an ApiKey as a program declares them. */
export interface Declared {
  readonly environment: "sandbox";
  readonly owner: string;
  readonly exchange: string;
  readonly account: string;
  readonly subAccount: string;
  readonly name: string;
  readonly bot: string;
  readonly purpose: string;
  readonly scopes: readonly Scope[];
  readonly ipWhitelist: readonly string[];
  readonly rotate: { readonly every: string; readonly overlap: string; readonly trigger?: string };
  readonly seal: string;
  readonly publish: string;
  readonly exclusive?: true;
  readonly tags?: Readonly<Record<string, string>>;
  readonly publicKey?: string;
  readonly deliver?: string;
  readonly lifetime?: string;
}

export const OWNER = "desk";

/** Where bots call from. */
export const ADDRESSES = ["127.0.10.1", "127.0.10.2", "127.0.10.3"] as const;

/** One declared key: what the program says of it, what the engine keeps of it, and what its bot knows. */
export class Subject {
  resource = new Resource();
  declared: Declared;
  readonly descriptor: Descriptor;
  /** What was declared when a run last did all of it. */
  deployed: Declared | undefined;
  /** What the provider published last. */
  published: SealedDocument | undefined;
  /** What somebody else wrote there since. */
  planted: string | undefined;
  /** States and documents since this resource was made, for those who put an old one back. */
  states: Resource["kept"][] = [];
  documents: string[] = [];
  /** All that was ever kept or published, for who looks for secrets. */
  readonly written: string[] = [];
  /** Public ids of keys that somebody else made in its sub-account, with what they looked like. */
  readonly foreign = new Map<string, string>();
  /** Private halves of all key pairs that were ever declared. */
  readonly privateKeys: string[] = [];

  constructor(
    readonly key: ChainKey,
    readonly folder: string,
  ) {
    const { exchange, subAccount, name, model } = key;
    this.descriptor = descriptorOf(exchange);
    this.declared = {
      environment: "sandbox",
      owner: OWNER,
      exchange,
      account: model.key.account,
      subAccount,
      name,
      bot: name,
      purpose: "test",
      scopes: this.scopeSets[0] ?? [],
      ipWhitelist: [ADDRESSES[0]],
      rotate: { every: "20d", overlap: "24h" },
      seal: this.sealingKey(0),
      publish: this.place(0),
      ...(this.isLabelled ? {} : { exclusive: true }),
    };
  }

  /** After a run. Nothing from before a resource was made anew is ever put back: it would be another one's. */
  remember(document: SealedDocument | undefined): void {
    const { kept } = this.resource;
    if (kept !== undefined) this.states.push(kept);
    if (document !== undefined) this.documents.push(JSON.stringify(document));
    if (kept === undefined) this.states = [];
    if (kept === undefined || document === undefined) this.documents = [];
    this.written.push(JSON.stringify([kept, document]));
  }

  get isLabelled(): boolean {
    return this.descriptor.label.value !== "none";
  }

  /** Of the labels that its keys carry: kept for life, whatever the resource is called later. */
  get hash(): string {
    return this.resource.outputs?.hash ?? ownerHash(this.declared);
  }

  /** Combinations that its exchange can grant exactly. */
  get scopeSets(): readonly (readonly Scope[])[] {
    const wanted: readonly (readonly Scope[])[] = [["read"], ["read", "spot"], ["read", "spot", "transfer"]];
    return wanted.map((scopes) => {
      const plan = effectiveScopes(this.descriptor.grants.value, scopes);
      return plan.kind === "exact" ? plan.effective : [...scopes, ...plan.additions];
    });
  }

  /** The document's file. */
  get document(): string {
    return this.declared.publish.replace("file://", "");
  }

  sealingKey(number: number): string {
    return `local://${join(this.folder, `${this.key.name}-${number}.sealing`)}`;
  }

  place(number: number): string {
    return `file://${join(this.folder, "documents", `${this.key.name}-${number}.json`)}`;
  }
}
