import type { TypedInput } from "./unseen";

/** Where a person types, or a program pipes, a key in. */
export type KeyInput = NodeJS.ReadableStream & TypedInput;

/** The process was stopped and goes on: whatever was typed so far is forgotten. */
export const RESUMED = Symbol("resumed");
/** There are no more lines. */
export const ENDED = Symbol("ended");

/** Lines of an input, in their order. */
export interface Lines {
  /** The next line. */
  next(): Promise<string | typeof RESUMED | typeof ENDED>;
  /** True when anything but white space is left. */
  rest(): Promise<boolean>;
  close(): void;
}
