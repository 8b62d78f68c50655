import { plan } from "../../providers/src/core/plan";
import type { Recorded } from "../../providers/src/core/record";
import type { ListedKey, RunSoFar, Situation } from "../../providers/src/core/situation";
import { day, inputsAt, NEW_RUN } from "./samples";

/** What is planned for, where it is not what the samples say. */
export interface Given {
  readonly now?: Date;
  readonly keys: readonly ListedKey[];
  readonly recorded: Recorded;
  readonly inputs?: Situation["inputs"];
  readonly run?: Partial<RunSoFar>;
  /** Further facts of the exchange. */
  readonly exchange?: Partial<Pick<Situation, "ownership" | "unlisted">>;
}

/** A plan, one short text a step. */
export function steps(given: Given): readonly string[] {
  const now = given.now ?? day(1);
  const situation = {
    inputs: given.inputs ?? inputsAt(now),
    recorded: given.recorded,
    listed: given.keys,
    now,
    run: { ...NEW_RUN, ...given.run },
  };
  const exchange = { inPlace: { scopes: true, ipWhitelist: true }, ownership: "label", unlisted: [], ...given.exchange } as const;
  return plan({ ...situation, ...exchange }).map((step) => {
    if (step.do === "setAside") return `${step.do} ${step.version.serial}`;
    if ("version" in step) return `${step.do} ${step.version.serial}`;
    if ("stray" in step) return `${step.do} ${step.stray.serial ?? step.stray.apiKey} ${step.stray.until}`;
    if ("apiKeys" in step) return `${step.do} ${step.apiKeys.join()}`;
    if (step.do === "issue") return `issue ${step.serial}: ${step.cause}`;
    if (step.do === "deliver") return `deliver ${step.delivery.current.serial}`;
    if (step.do === "refuse") return `refuse: ${step.cause}`;
    return "apiKey" in step ? `${step.do} ${step.apiKey}` : `${step.do} ${step.former.url}`;
  });
}
