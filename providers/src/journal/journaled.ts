import { KeyError } from "../core/errors";
import { readLabel } from "../core/label";
import type { Delivery } from "../deliver/delivery";
import type { KeyAdapter, KeySpec, SubAccountAdapter } from "../exchanges/adapter";
import type { Exchange, Surroundings } from "../lifecycle/surroundings";
import type { DocumentStore } from "../publish/store";
import type { Sealer } from "../seal/sealer";
import { notingRequestIds } from "../wire/request-id";
import type { Journal } from "./journal";
import type { Act, Intent, Outcome, Subject } from "./record";

/** What an act is about, beyond whose key it is. */
type Particulars = Partial<Pick<Intent, "label" | "serial" | "key" | "at">>;

/** Writes what is about to be done, does it, and writes how it ended. */
type Recorder = <T>(act: Act, about: Particulars, doIt: () => Promise<T>) => Promise<T>;

/** A key that has to go goes, also when nobody can write it down; and some go by their passphrase only. */
const NEVER_REFUSED: ReadonlySet<Act> = new Set(["revoke", "openPassphrase"]);

type Reached = Pick<Surroundings, "store" | "sealer" | "notice"> & Partial<Pick<Surroundings, "exchange" | "delivery">>;

/** The same surroundings, with every act on an exchange, every seal, open, publication and delivery in the journal. Reading is no act. */
export function journaled<S extends Reached>(surroundings: S, journal: Journal, subject: Subject): S {
  const recorder = recorderOf(journal, subject, surroundings.notice);
  const { exchange, delivery } = surroundings;
  return {
    ...surroundings,
    store: (url: string) => journaledStore(surroundings.store(url), recorder),
    sealer: (reference: string) => journaledSealer(surroundings.sealer(reference), recorder),
    ...(delivery === undefined ? {} : { delivery: (url: string) => journaledDelivery(url, delivery(url), recorder) }),
    ...(exchange === undefined
      ? {}
      : {
          exchange: async (address: Parameters<typeof exchange>[0]): Promise<Exchange> => {
            const opened = await exchange(address);
            return { ...opened, adapter: journaledAdapter(opened.adapter, recorder) };
          },
        }),
  };
}

function recorderOf(journal: Journal, subject: Subject, notice: (text: string) => void): Recorder {
  const begin = async (act: Act, about: Particulars): Promise<number | undefined> => {
    try {
      return await journal.append({ kind: "intent", act, ...subject, ...about });
    } catch (error) {
      if (!NEVER_REFUSED.has(act)) throw error;
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
  return typeof made === "string" ? { key: lastFour(made) } : {};
}

function told(error: unknown, notice: (text: string) => void): undefined {
  notice(error instanceof Error ? error.message : "the journal cannot be written");
  return undefined;
}

function failureOf(error: unknown): { readonly error: string; readonly code?: string } {
  if (!(error instanceof KeyError)) return { error: "unexpected" };
  return { error: error.kind, ...(error.code === undefined ? {} : { code: error.code }) };
}

function journaledAdapter(adapter: KeyAdapter, recorder: Recorder): KeyAdapter {
  const { subAccounts } = adapter;
  return {
    ...adapter,
    issue: (subAccount, spec) => recorder("issue", labelOf(spec), () => adapter.issue(subAccount, spec)),
    set: (subAccount, apiKey, spec) =>
      recorder("set", { ...labelOf(spec), key: lastFour(apiKey) }, () => adapter.set(subAccount, apiKey, spec)),
    revoke: (subAccount, apiKey, passphrase) =>
      recorder("revoke", { key: lastFour(apiKey) }, () => adapter.revoke(subAccount, apiKey, passphrase)),
    ...(subAccounts === undefined ? {} : { subAccounts: journaledSubAccounts(subAccounts, recorder) }),
  };
}

function journaledSubAccounts(subAccounts: SubAccountAdapter, recorder: Recorder): SubAccountAdapter {
  const { enable } = subAccounts;
  return {
    ...subAccounts,
    create: (...request) => recorder("createSubAccount", {}, () => subAccounts.create(...request)),
    ...(enable === undefined
      ? {}
      : { enable: (...request: Parameters<typeof enable>) => recorder("enable", {}, () => enable(...request)) }),
  };
}

function journaledSealer(sealer: Sealer, recorder: Recorder): Sealer {
  const about = (serial: string): Particulars => ({
    at: sealer.reference,
    ...(/^\d+$/.test(serial) ? { serial: Number(serial) } : {}),
  });
  return {
    reference: sealer.reference,
    seal: (plaintext, context) => recorder("seal", about(context.serial), () => sealer.seal(plaintext, context)),
    open: (ciphertext, context) =>
      recorder(context.part === undefined ? "open" : "openPassphrase", about(context.serial), () =>
        sealer.open(ciphertext, context),
      ),
  };
}

function journaledStore(store: DocumentStore, recorder: Recorder): DocumentStore {
  return {
    url: store.url,
    maxBytes: store.maxBytes,
    read: () => store.read(),
    write: (document, replaces) =>
      recorder("publish", { at: store.url, serial: document.lastSerial }, () => store.write(document, replaces)),
    remove: (expected) => recorder("unpublish", { at: store.url }, () => store.remove(expected)),
  };
}

/** Where an opened secret went, and when that ended: custody is weaker there. */
function journaledDelivery(at: string, delivery: Delivery, recorder: Recorder): Delivery {
  return {
    deliver: (order) => {
      const { serial, apiKey } = order.current;
      return recorder("deliver", { at, serial, key: lastFour(apiKey) }, () => delivery.deliver(order));
    },
    end: (hash) => recorder("endDelivery", { at }, () => delivery.end(hash)),
  };
}

function labelOf({ label }: KeySpec): Particulars {
  const read = readLabel(label);
  return { label, ...(read === undefined ? {} : { serial: read.serial }) };
}

function lastFour(apiKey: string): string {
  return apiKey.slice(-4);
}
