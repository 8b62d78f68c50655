import type { SealedDocument } from "../seal/document";
import type { ScheduledApiKeyInputs } from "./inputs";
import { shownAddresses } from "./masked";
import { endOf, isOurs, type Ownership, serialOf, unknownKeys } from "./ownership";
import type { ListedKey } from "./plan";
import { type Drift, type Recorded, versionIn } from "./record";
import { canonicalAddresses, changeBetween, showChange } from "./sets";
import type { Scope } from "./words";

/** What a read compares. */
export interface Sight {
  readonly inputs: ScheduledApiKeyInputs;
  readonly recorded: Recorded;
  readonly published: SealedDocument | undefined;
  /** Every key of the sub-account. */
  readonly listed: readonly ListedKey[];
  readonly ownership: Ownership;
  /** Scopes that no read shows: nothing can be said of them. */
  readonly unlisted: readonly Scope[];
}

/** What differs between declared and observed, readable; `undefined` when nothing. */
export function driftIn(sight: Sight): Drift | undefined {
  const entries = [...versionDrift(sight), ...strayDrift(sight), ...documentDrift(sight)];
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
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
    if (key.expired) return [[where, "has expired at the exchange"]];
    const change = [key.blocked === true ? BLOCKED : "", keyChange(key, sight)].filter((part) => part !== "").join("; ");
    return change === "" ? [] : [[where, change]];
  });
}

const BLOCKED = "is listed, and not served: the key or its sub-account is locked or frozen";

function keyChange(key: ListedKey, { inputs, unlisted }: Sight): string {
  const hidden = inputs.scopes.filter((scope) => unlisted.includes(scope));
  const [wanted, seen] = [inputs.scopes, key.scopes].map((scopes) => scopes.filter((scope) => !hidden.includes(scope)));
  const scopes = showChange(changeBetween(wanted ?? [], seen ?? []));
  const addresses = showChange(
    changeBetween(canonicalAddresses(inputs.ipWhitelist), shownAddresses(inputs.ipWhitelist, key.ipWhitelist)),
  );
  const parts = [
    scopes === "" ? "" : `scopes ${scopes}`,
    addresses === "" ? "" : `ipWhitelist ${key.ipWhitelist.length === 0 ? "removed: every address is let in" : addresses}`,
    key.unknownFlags.length === 0 ? "" : `unknown permissions +${key.unknownFlags.join(" +")}`,
  ];
  return parts.filter((part) => part !== "").join("; ");
}

const ORPHAN =
  "lives at the exchange under our label, but in no state and no document: an orphan of a lost run, or an impostor; up leaves it one overlap, then revokes it";

function strayDrift(sight: Sight): readonly Entry[] {
  return unknownKeys(sight).map((key): Entry => {
    const serial = serialOf(key, sight.recorded.hash);
    if (serial === undefined) return [`key ${endOf(key.apiKey)}`, "lives in the exclusive sub-account, but in no state"];
    return [`serial ${serial}`, ORPHAN];
  });
}

function documentDrift(sight: Sight): readonly Entry[] {
  const { published, recorded } = sight;
  if (published === undefined) return recorded.sealed.versions.length === 0 ? [] : [["document", "is not published"]];
  if (published.holder !== recorded.sealed.holder) return [["document", "is held by another resource"]];
  const shown = versionIn(published, "current")?.serial;
  const known = versionIn(recorded.sealed, "current")?.serial;
  if (shown !== known) return [["document", `serial ${shown ?? "none"} is current, recorded is ${known ?? "none"}`]];
  return JSON.stringify(comparable(published)) === JSON.stringify(comparable(recorded.sealed))
    ? []
    : [["document", "was edited"]];
}

/** The parts that openers and bots rely on, in one order. */
function comparable(document: SealedDocument): unknown {
  return document.versions.map(({ serial, apiKey, state, ciphertext, issuedAt, notAfter, fingerprint, key }) => [
    serial,
    apiKey,
    state,
    ciphertext,
    issuedAt,
    notAfter ?? "",
    fingerprint ?? "",
    key,
  ]);
}
