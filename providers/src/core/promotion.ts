import type { SealedVersion } from "../seal/document";
import { isAsDeclared, sameUnlisted } from "./as-declared";
import { answersTrigger, isIncident } from "./causes";
import { sameIdentity } from "./inputs";
import { declaredFingerprint } from "./public-key";
import { versionIn } from "./record";
import { find, isRelabelled } from "./relabelled";
import type { Situation, Step } from "./situation";
import { strayOf } from "./strays";

/** Pending versions are promoted, or given up where they are not what is declared. */
export function promotions(situation: Situation): readonly Step[] {
  const { sealed } = situation.recorded;
  const pending = sealed.versions.filter((version) => version.state === "pending");
  // It was passed over, as one that bore a foreign label is: bots go back to no older serial.
  const isOvertaken = ({ serial }: SealedVersion): boolean => serial < (versionIn(sealed, "current")?.serial ?? 0);
  return pending.flatMap((version): readonly Step[] => {
    if (isRelabelled(situation, version)) return [];
    if (isOvertaken(version) || !isSealedAsDeclared(version, situation)) return [givenUp(version, situation)];
    const key = find(situation, version.apiKey);
    if (key === undefined || !isAsDeclared(key, situation.inputs, situation.unlisted))
      return [unlikeDeclared(version, situation)];
    return key.blocked === true ? [] : [{ do: "promote", version }];
  });
}

/** What cannot be changed any more is as it is declared. In an incident only a version that was issued because of it will do. */
function isSealedAsDeclared(version: SealedVersion, { recorded, inputs, unlisted, run }: Situation): boolean {
  return (
    sameIdentity(version.identity ?? recorded.sealed.identity, inputs) &&
    version.key === inputs.seal &&
    version.fingerprint === declaredFingerprint(inputs) &&
    sameUnlisted(version, inputs, unlisted) &&
    (!isIncident(inputs, recorded) || run.issued.has(version.apiKey) || answersTrigger(version, inputs.rotate))
  );
}

/** What this run issued has to be just as declared at once. What an earlier one did may have been declared otherwise, and is set. */
function unlikeDeclared(version: SealedVersion, situation: Situation): Step {
  const { inPlace, run } = situation;
  const isKnown = find(situation, version.apiKey)?.unknownFlags.length === 0;
  const maySet = !run.issued.has(version.apiKey) && inPlace.scopes && inPlace.ipWhitelist && isKnown;
  return maySet ? { do: "set", version } : givenUp(version, situation);
}

/** Nobody has seen what this run issued. What an earlier one did may have been shown since, and then hidden. */
function givenUp(version: SealedVersion, situation: Situation): Step {
  if (situation.run.issued.has(version.apiKey)) return { do: "reject", version };
  return { do: "setAside", version, stray: strayOf(version, situation) };
}
