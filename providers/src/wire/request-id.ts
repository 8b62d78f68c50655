import { AsyncLocalStorage } from "node:async_hooks";

/** What an id looks like. Anything else is not kept: it comes from outside. */
const FORM = /^[A-Za-z0-9._:-]{1,64}$/;

const noted = new AsyncLocalStorage<string[]>();

/** Adds to `ids`, in order, what the exchange calls each answer that `act` gets. */
export function notingRequestIds<T>(ids: string[], act: () => Promise<T>): Promise<T> {
  return noted.run(ids, act);
}

/** @param id from a header of an answer, if there was one */
export function noteRequestId(id: string | undefined): void {
  if (id !== undefined && FORM.test(id)) noted.getStore()?.push(id);
}
