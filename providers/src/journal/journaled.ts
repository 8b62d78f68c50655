import { KeyError } from "../core/errors";
import type { Stray } from "../core/record";
import type { Delivery } from "../deliver/delivery";
import type { KeyAdapter, ListedKey, SubAccountAdapter } from "../exchanges/adapter";
import type { Exchange, Surroundings } from "../lifecycle/surroundings";
import type { DocumentStore } from "../publish/store";
import type { SealedDocument } from "../seal/document";
import type { SealContext, Sealer } from "../seal/sealer";
import { notingRequestIds } from "../wire/request-id";
import type { Journal } from "./journal";
import { KnownKeys, type Labelling } from "./known-keys";
import type { Act, Intent, Outcome, Subject } from "./record";

/** Whose acts they are, and what is known of the keys from the start. */
export interface Whose {
  readonly subject: Subject;
  /** Absent where keys carry no label of ours. */
  readonly labelling?: Labelling;
  /** What the state holds. */
  readonly recorded?: { readonly sealed: SealedDocument; readonly strays?: readonly Stray[] };
  /** Acts that are done although nobody can write them down, beside those that always are. */
  readonly neverRefused?: readonly Act[];
}

/** What an act is about, beyond whose key it is. */
type Particulars = Partial<Pick<Intent, "label" | "serial" | "key" | "at">>;

/** Writes what is about to be done, does it, and writes how it ended. */
type Recorder = <T>(act: Act, about: Particulars, doIt: () => Promise<T>) => Promise<T>;

/** A key that has to go goes, also when nobody can write it down. And some go by their passphrase only. */
const NEVER_REFUSED: readonly Act[] = ["revoke", "openPassphrase"];

type Reached = Pick<Surroundings, "store" | "sealer" | "notice"> & Partial<Pick<Surroundings, "exchange" | "delivery">>;

/** What the acts of one operation are written with. */
interface Ledger {
  readonly record: Recorder;
  readonly known: KnownKeys;
  /** What the state's document says. */
  readonly recorded: Particulars;
}

/** The same surroundings, with every act on an exchange, every seal, open, publication and delivery in the journal. Reading is no act. */
export function journaled<S extends Reached>(surroundings: S, journal: Journal, whose: Whose): S {
  const known = knownFrom(whose);
  const recorded = whose.recorded === undefined ? {} : known.ofDocument(whose.recorded.sealed);
  const ledger = { record: recorderOf(journal, whose, surroundings.notice), known, recorded };
  const { exchange, delivery } = surroundings;
  return {
    ...surroundings,
    store: (url: string) => journaledStore(surroundings.store(url), ledger),
    sealer: (reference: string) => journaledSealer(surroundings.sealer(reference), ledger),
    ...(delivery === undefined ? {} : { delivery: (url: string) => journaledDelivery(url, delivery(url), ledger) }),
    ...(exchange === undefined
      ? {}
      : {
          exchange: async (address: Parameters<typeof exchange>[0]): Promise<Exchange> =>
            journaledExchange(await exchange(address), ledger),
        }),
  };
}

function knownFrom({ labelling, recorded, subject }: Whose): KnownKeys {
  const known = new KnownKeys(labelling);
  if (recorded !== undefined) known.addDocument(recorded.sealed);
  known.addStrays(recorded?.strays ?? [], subject.name ?? "");
  return known;
}

function recorderOf(journal: Journal, { subject, neverRefused }: Whose, notice: (text: string) => void): Recorder {
  const always = new Set<Act>([...NEVER_REFUSED, ...(neverRefused ?? [])]);
  const begin = async (act: Act, about: Particulars): Promise<number | undefined> => {
    try {
      return await journal.append({ kind: "intent", act, ...subject, ...about });
    } catch (error) {
      if (!always.has(act)) throw error;
      return told(error, notice);
    }
  };
  // The act has happened: that nobody could write its end down changes nothing of it.
  const end = async (of: number | undefined, how: Ending): Promise<void> => {
    if (of === undefined) return;
    await journal.append({ kind: "outcome", of, ...how }).catch((error: unknown) => told(error, notice));
  };
  return async (act, about, doIt) => {
    const of = await begin(act, about);
    const ids: string[] = [];
    const requests = (): Pick<Ending, "requests"> => (ids.length === 0 ? {} : { requests: ids });
    try {
      const result = await notingRequestIds(ids, doIt);
      await end(of, { done: true, ...madeBy(result), ...requests() });
      return result;
    } catch (error) {
      await end(of, { done: false, ...failureOf(error), ...requests() });
      throw error;
    }
  };
}

type Ending = Omit<Outcome, "kind" | "of">;

function madeBy(result: unknown): Pick<Ending, "key"> {
  const made = typeof result === "object" && result !== null ? Reflect.get(result, "apiKey") : undefined;
  return typeof made === "string" ? { key: made.slice(-4) } : {};
}

function told(error: unknown, notice: (text: string) => void): undefined {
  notice(error instanceof Error ? error.message : "the journal cannot be written");
  return undefined;
}

function failureOf(error: unknown): { readonly error: string; readonly code?: string } {
  if (!(error instanceof KeyError)) return { error: "unexpected" };
  return { error: error.kind, ...(error.code === undefined ? {} : { code: error.code }) };
}

function journaledExchange({ adapter, stampKeys, fresh, shared, clockDifference }: Exchange, ledger: Ledger): Exchange {
  const noting = async (listing: Promise<readonly ListedKey[]>): Promise<readonly ListedKey[]> => {
    const keys = await listing;
    ledger.known.addLabels(keys);
    return keys;
  };
  return {
    adapter: journaledAdapter(adapter, ledger),
    stampKeys,
    fresh: (subAccount, inFull) => noting(fresh(subAccount, inFull)),
    shared: (subAccount, inFull) => noting(shared(subAccount, inFull)),
    clockDifference,
  };
}

function journaledAdapter(adapter: KeyAdapter, { record, known }: Ledger): KeyAdapter {
  const { subAccounts } = adapter;
  return {
    ...adapter,
    issue: async (subAccount, spec) => {
      const about = known.ofSpec(spec);
      const issued = await record("issue", about, () => adapter.issue(subAccount, spec));
      known.addIssued(issued.apiKey, about);
      return issued;
    },
    set: (subAccount, apiKey, spec) => {
      known.addLabels([{ apiKey, label: spec.label }]);
      return record("set", known.ofKey(apiKey), () => adapter.set(subAccount, apiKey, spec));
    },
    revoke: (subAccount, apiKey, passphrase) =>
      record("revoke", known.ofKey(apiKey), () => adapter.revoke(subAccount, apiKey, passphrase)),
    ...(subAccounts === undefined ? {} : { subAccounts: journaledSubAccounts(subAccounts, record) }),
  };
}

function journaledSubAccounts(subAccounts: SubAccountAdapter, record: Recorder): SubAccountAdapter {
  const { enable } = subAccounts;
  return {
    ...subAccounts,
    create: (...request) => record("createSubAccount", {}, () => subAccounts.create(...request)),
    ...(enable === undefined
      ? {}
      : { enable: (...request: Parameters<typeof enable>) => record("enable", {}, () => enable(...request)) }),
  };
}

function journaledSealer(sealer: Sealer, { record, known }: Ledger): Sealer {
  const { reference: at } = sealer;
  const about = ({ serial, name }: SealContext): Particulars => ({ at, ...known.ofSerial(Number(serial), name) });
  return {
    reference: at,
    seal: (plaintext, context) => record("seal", about(context), () => sealer.seal(plaintext, context)),
    open: (ciphertext, context) =>
      record(context.part === undefined ? "open" : "openPassphrase", about(context), () => sealer.open(ciphertext, context)),
  };
}

function journaledStore(store: DocumentStore, { record, known, recorded }: Ledger): DocumentStore {
  const { url: at, maxBytes } = store;
  // What is removed is what the state says, or what was written by the same store before.
  let last = recorded;
  const note = (document: SealedDocument): void => {
    known.addDocument(document);
    last = known.ofDocument(document);
  };
  return {
    url: at,
    maxBytes,
    read: async () => {
      const stored = await store.read();
      if (stored !== undefined) note(stored.document);
      return stored;
    },
    // What nobody believes yet: only what is then written or removed is known.
    look: () => store.look(),
    write: (document, replaces) => {
      note(document);
      return record("publish", { at, ...last }, () => store.write(document, replaces));
    },
    remove: (expected) => record("unpublish", { at, ...last }, () => store.remove(expected)),
  };
}

/** Where an opened secret went, and when that ended: custody is weaker there. */
function journaledDelivery(at: string, delivery: Delivery, { record, known }: Ledger): Delivery {
  return {
    deliver: (order) => {
      const { serial, apiKey } = order.current;
      return record("deliver", { at, ...known.ofKey(apiKey), serial }, () => delivery.deliver(order));
    },
    end: (hash) => record("endDelivery", { at }, () => delivery.end(hash)),
  };
}
