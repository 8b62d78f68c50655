import type { Clock } from "../core/clock";
import { isKind } from "../core/errors";
import { localSealingProblems } from "../core/local-sealing";
import type { Settings } from "../core/settings";
import type { Problem } from "../core/shape";
import type { ValidationContext } from "../core/validate";
import type { Environment } from "../core/words";
import { referenceProblem } from "../credentials/reference";
import { parseDeliveryReference } from "../deliver/references";
import { DESCRIPTORS } from "../exchanges/registry";
import { parsePublishReference } from "../publish/references";
import { processRuntime } from "../runtime/process";
import { parseSealReference } from "../seal/references";

/** The clock that decisions are made with. Reaches nothing but, in the sandbox, the sandbox's own clock file. */
export function clockOf(environment: Environment): Clock {
  return processRuntime(environment).clock;
}

/** What time it is there, and why this process may not reach that environment. Then the machine's clock has to do, to find the rest. */
export function standingIn(environment: Environment): { readonly now: Date; readonly problems: readonly Problem[] } {
  try {
    return { now: clockOf(environment).now(), problems: [] };
  } catch (error) {
    if (!isKind(error, "EnvironmentRefused")) throw error;
    return { now: new Date(), problems: [{ property: "environment", reason: error.message }] };
  }
}

/** What check knows besides the inputs. */
export function validationContext(settings: Settings, now: Date): ValidationContext {
  return {
    settings,
    descriptors: DESCRIPTORS,
    sealProblems: (reference) => [...parseSealReference(reference).problems, ...localSealingProblems(reference, settings)],
    publishProblems: (reference) => parsePublishReference(reference).problems,
    deliverProblems: (reference) => parseDeliveryReference(reference).problems,
    credentialProblems: (reference) => [referenceProblem(reference)].filter((problem) => problem !== undefined),
    now,
  };
}
