import type { SealedDocument } from "../seal/document";
import { addressesOf } from "./in-full";
import type { ScheduledApiKeyInputs } from "./inputs";
import { shownAddresses } from "./masked";
import { bearsForeignLabel, endOf, isOurs, type Ownership, serialOf, unknownKeys } from "./ownership";
import { type Drift, driftOf, type Recorded, versionIn } from "./record";
import { canonicalAddresses, changeBetween, showChange } from "./sets";
import type { ListedKey } from "./situation";
import type { Scope } from "./words";
import type { Worth } from "./worth";

/** What a read compares. */
export interface Sight {
  readonly inputs: ScheduledApiKeyInputs;
  readonly recorded: Recorded;
  readonly place: PlaceSight;
  /** Every key of the sub-account. */
  readonly listed: readonly ListedKey[];
  readonly ownership: Ownership;
  /** Scopes that no read shows: nothing can be said of them. */
  readonly unlisted: readonly Scope[];
}

/** What is published, as far as it counts. */
export interface PlaceSight {
  readonly worth: Worth;
  readonly believed: SealedDocument | undefined;
  /** Whether the document names the recorded holder, whatever that is worth. */
  readonly isHeldByUs: boolean;
}

/** What differs between declared and observed, readable. `undefined` when nothing. */
export function driftIn(sight: Sight): Drift | undefined {
  const entries = [...versionDrift(sight), ...strayDrift(sight), ...documentDrift(sight)];
  return entries.length === 0 ? undefined : driftOf(entries);
}

/** True when nothing that could be this resource's key lives at the exchange. */
export function isGone(sight: Pick<Sight, "recorded" | "listed" | "ownership">): boolean {
  const { recorded, listed } = sight;
  if (recorded.sealed.versions.length === 0) return false;
  const known = new Set(recorded.sealed.versions.map((version) => version.apiKey));
  return !listed.some((key) => known.has(key.apiKey) || isOurs(key, sight));
}

type Entry = readonly [string, string];

function versionDrift(sight: Sight): readonly Entry[] {
  return sight.recorded.sealed.versions.flatMap((version): readonly Entry[] => {
    const where = `serial ${version.serial} (${version.state})`;
    const key = sight.listed.find((one) => one.apiKey === version.apiKey);
    if (key === undefined) return [[where, "is gone from the exchange"]];
    if (bearsForeignLabel(key, { ...sight, serial: version.serial })) return [[where, RELABELLED]];
    if (key.expired) return [[where, "has expired at the exchange"]];
    const change = [key.blocked === true ? BLOCKED : "", keyChange(key, sight)].filter((part) => part !== "").join("; ");
    return change === "" ? [] : [[where, change]];
  });
}

const RELABELLED = "bears another label than ours: it is neither changed nor revoked while it does";
const BLOCKED = "is listed, and not served: the key or its sub-account is locked or frozen";

function keyChange(key: ListedKey, { inputs, unlisted }: Sight): string {
  const hidden = inputs.scopes.filter((scope) => unlisted.includes(scope));
  const [wanted, seen] = [inputs.scopes, key.scopes].map((scopes) => scopes.filter((scope) => !hidden.includes(scope)));
  const scopes = showChange(changeBetween(wanted ?? [], seen ?? []));
  const letIn = addressesOf(key);
  const addresses = showChange(changeBetween(canonicalAddresses(inputs.ipWhitelist), shownAddresses(inputs.ipWhitelist, letIn)));
  const parts = [
    scopes === "" ? "" : `scopes ${scopes}`,
    addresses === "" ? "" : `ipWhitelist ${letIn.length === 0 ? "removed: every address is let in" : addresses}`,
    key.unknownFlags.length === 0 ? "" : `unknown permissions +${key.unknownFlags.join(" +")}`,
  ];
  return parts.filter((part) => part !== "").join("; ");
}

const ORPHAN =
  "lives at the exchange under our label, but in no state and no document: an orphan of a lost run, or an impostor; up leaves it one overlap, then revokes it";

/** What a good document names is no stray: `up` takes it over. */
function strayDrift(sight: Sight): readonly Entry[] {
  const named = new Set(sight.place.believed?.versions.map(({ apiKey }) => apiKey));
  return unknownKeys(sight)
    .filter(({ apiKey }) => !named.has(apiKey))
    .map((key): Entry => {
      const serial = serialOf(key, sight.recorded.hash);
      if (serial === undefined) return [`key ${endOf(key.apiKey)}`, "lives in the exclusive sub-account, but in no state"];
      return [`serial ${serial}`, ORPHAN];
    });
}

const PLACE_DRIFT: Readonly<Partial<Record<Worth, string>>> = {
  old: "is an older one that somebody put back; up publishes the recorded one again",
  forged: "was edited: no deployer wrote it; up publishes the recorded one again",
  unknown: "bears the stamp of another parent credential; up publishes the recorded one again",
  newer: "was written by a newer release: upgrade this one",
};

function documentDrift({ place, recorded }: Sight): readonly Entry[] {
  const { worth, believed, isHeldByUs } = place;
  if (worth === "same") return [];
  if (worth === "absent") return recorded.sealed.versions.length === 0 ? [] : [["document", "is not published"]];
  if (worth === "other" || (worth !== "forged" && worth !== "newer" && !isHeldByUs))
    return [["document", "is held by another resource"]];
  if (believed === undefined) return [["document", PLACE_DRIFT[worth] ?? ""]];
  const shown = versionIn(believed, "current")?.serial;
  const known = versionIn(recorded.sealed, "current")?.serial;
  const ahead = "is ahead of the state, by a run that was never recorded";
  return [["document", shown === known ? `${ahead}; up goes on from it` : `${ahead}: up takes serial ${shown ?? "none"} over`]];
}
