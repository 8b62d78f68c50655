import type { Descriptor, Support } from "../exchanges/descriptor";
import type { Problem } from "./shape";
import { type Environment, OPERATIONS, type Operation } from "./words";

/** Why an operation cannot be asked for. `undefined` where it can. */
export function whyNot(support: Support): string | undefined {
  switch (support.can) {
    case "yes":
      return undefined;
    case "unknown":
      return "no source says";
    case "not yet":
      return "the exchange can, and this package does not yet";
    default:
      return support.why;
  }
}

/** What to do where an exchange is not finished. */
export const UNFINISHED_HINT = "Use it in the sandbox, or write what is missing (docs/adding-an-exchange.md).";

/** Operations that the exchange has and this package does not yet. Production needs all of them. */
export function unwritten({ operations }: Pick<Descriptor, "operations">): readonly Operation[] {
  return OPERATIONS.filter((operation) => operations[operation].can === "not yet");
}

/** Why production refuses an exchange. `undefined` where it does not. */
export function whyUnfinished(descriptor: Pick<Descriptor, "operations" | "title">): string | undefined {
  const missing = unwritten(descriptor);
  if (missing.length === 0) return undefined;
  return `${descriptor.title} is not finished: this package does not have ${missing.join(", ")} yet`;
}

/** An exchange of which this package has a part only is no place for real keys. */
export function unfinishedProblems(descriptor: Descriptor, environment: Environment): readonly Problem[] {
  const why = environment === "production" ? whyUnfinished(descriptor) : undefined;
  return why === undefined ? [] : [{ property: "account", reason: `${why}. ${UNFINISHED_HINT}` }];
}
