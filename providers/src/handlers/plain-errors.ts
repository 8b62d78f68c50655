import { reasonOf } from "../core/reason";
import { shownLines } from "../core/shown";
import { duringRun } from "../runtime/engine";

/** The engine prints these errors with their stack: the text is ours alone, and the stack is short. */
export async function plainly<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await duringRun(act);
  } catch (error) {
    throw bare(shownLines(reasonOf(error)));
  }
}

/** An error that is nothing but its text. */
export function bare(message: string): Error {
  const error = new Error(message);
  error.stack = message;
  return error;
}
