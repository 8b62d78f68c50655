import { makeLabel, ownerHash } from "../core/label";
import type { Stray } from "../core/record";
import { isProblems } from "../core/settings";
import type { Environment } from "../core/words";
import type { DocumentSealer } from "../credentials/reference";
import { descriptorOf } from "../exchanges/registry";
import type { Journal } from "../journal/journal";
import { journaled, type Whose } from "../journal/journaled";
import type { Labelling } from "../journal/known-keys";
import { openJournal } from "../journal/open-journal";
import type { Subject } from "../journal/record";
import type { AdoptedSurroundings } from "../lifecycle/adopted-surroundings";
import type { Surroundings } from "../lifecycle/surroundings";
import { processVariables } from "../runtime/process";
import type { SealedDocument } from "../seal/document";
import { adoptedSurroundings } from "./adopted-surroundings";
import { currentSettings, currentStack } from "./settings";
import { exchangesOf, openSurroundings } from "./surroundings";

/** Whose acts they are. A sub-account has no bot. Of a key that is not new its state says more. */
export interface Declared extends Subject {
  readonly environment: Environment;
  readonly hash?: string;
  readonly sealed?: SealedDocument;
  readonly strays?: readonly Stray[];
}

/** What one operation on one resource reaches outside this process, with every act in the journal. */
export function surroundingsOf(declared: Declared): Surroundings {
  return reach(declared, []);
}

/** The same to end keys: what has to be opened for that is opened although nobody can write it down. */
export function surroundingsToEnd(declared: Declared): Surroundings {
  return reach(declared, ["open"]);
}

/** The same for an adopted key. */
export function adoptedSurroundingsOf(declared: Declared): AdoptedSurroundings {
  const subject = subjectOf(declared);
  return journaled(adoptedSurroundings(declared.environment), journalOf(declared.environment), { subject });
}

function reach(declared: Declared, neverRefused: NonNullable<Whose["neverRefused"]>): Surroundings {
  const { environment } = declared;
  const journal = journalOf(environment);
  const plain = openSurroundings(environment);
  const documentSealer: DocumentSealer = (reference, identity) =>
    journaled(plain, journal, { subject: subjectOf(identity), neverRefused }).sealer(reference);
  return journaled({ ...plain, exchange: exchangesOf(environment, documentSealer) }, journal, whoseOf(declared));
}

/** What the acts on a resource's keys are written with. */
export function whoseOf(declared: Declared): Whose {
  const { sealed, strays = [] } = declared;
  const labelling = labellingOf(declared);
  return {
    subject: subjectOf(declared),
    ...(labelling === undefined ? {} : { labelling }),
    ...(sealed === undefined ? {} : { recorded: { sealed, strays } }),
  };
}

function journalOf(environment: Environment): Journal {
  const settings = currentSettings();
  const ground = { environment, env: processVariables(), stack: currentStack };
  return openJournal(isProblems(settings) ? {} : (settings.journal ?? {}), ground);
}

/** The label follows from serial and name, as an issue makes it. */
function labellingOf({ exchange, owner, subAccount, name, hash }: Declared): Labelling | undefined {
  if (owner === undefined || subAccount === undefined || name === undefined) return undefined;
  const rules = descriptorOf(exchange).label.value;
  const own = hash ?? ownerHash({ owner, exchange, subAccount, name });
  return rules === "none" ? undefined : (serial, text) => makeLabel(own, serial, { text, rules });
}

function subjectOf({ owner, exchange, account, subAccount, name, bot }: Subject): Subject {
  const optional = Object.entries({ owner, subAccount, name, bot }).filter(([, value]) => value !== undefined);
  return { exchange, account, ...Object.fromEntries(optional) };
}
