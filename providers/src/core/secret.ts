import { inspect } from "node:util";

const REDACTED = "[secret]";

/**
 * A secret between the line that parses it and the line that seals it. No conversion, JSON, inspection or log reveals it. The value
 * lives in a closure, so that no property walk finds it.
 */
export class Secret {
  /** The value. Call this only where it is sealed, signed with, or handed to a bot. */
  declare readonly reveal: () => string;

  constructor(value: string) {
    Object.defineProperty(this, "reveal", { value: () => value, enumerable: false });
  }

  toString(): string {
    return REDACTED;
  }

  toJSON(): string {
    return REDACTED;
  }

  [Symbol.toPrimitive](): string {
    return REDACTED;
  }

  [inspect.custom](): string {
    return REDACTED;
  }
}
