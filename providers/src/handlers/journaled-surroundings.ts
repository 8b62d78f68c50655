import { isProblems } from "../core/settings";
import type { Environment } from "../core/words";
import { journaled } from "../journal/journaled";
import { openJournal } from "../journal/open-journal";
import type { Subject } from "../journal/record";
import type { AdoptedSurroundings } from "../lifecycle/adopted-surroundings";
import type { Surroundings } from "../lifecycle/surroundings";
import { processVariables } from "../runtime/process";
import { adoptedSurroundings } from "./adopted-surroundings";
import { currentSettings, currentStack } from "./settings";
import { openSurroundings } from "./surroundings";

/** Whose acts they are. A sub-account has no bot. */
type Declared = Subject & { readonly environment: Environment };

/** What one operation on one resource reaches outside this process, with every act in the journal. */
export function surroundingsOf(inputs: Declared): Surroundings {
  return inJournal(openSurroundings(inputs.environment), inputs);
}

/** The same for an adopted key. */
export function adoptedSurroundingsOf(inputs: Declared): AdoptedSurroundings {
  return inJournal(adoptedSurroundings(inputs.environment), inputs);
}

function inJournal<S extends Surroundings | AdoptedSurroundings>(surroundings: S, declared: Declared): S {
  const settings = currentSettings();
  const { environment } = declared;
  const stack = currentStack();
  const ground = { environment, env: processVariables(), ...(stack === undefined ? {} : { stack }) };
  const journal = openJournal(isProblems(settings) ? {} : (settings.journal ?? {}), ground);
  return journaled(surroundings, journal, subjectOf(declared));
}

function subjectOf({ owner, exchange, account, subAccount, name, bot }: Declared): Subject {
  const optional = Object.entries({ owner, subAccount, name, bot }).filter(([, value]) => value !== undefined);
  return { exchange, account, ...Object.fromEntries(optional) };
}
