import { compareVersions, parseVersion } from "./versions";

/** What a look at one place found. */
export interface Candidate {
  readonly place: string;
  /** The first line of `pulumi version`; `undefined` when there is no such program or it did not answer. */
  readonly version: string | undefined;
  readonly languageHost: "works" | "missing" | "broken";
}

export interface Bounds {
  readonly minimum: string;
  /** Set where only one version will do, as in our own cache. */
  readonly exactly?: string;
}

export type Verdict = { readonly use: true } | { readonly use: false; readonly why: string };

/** Whether a found CLI can run this project. Pure: looking is somebody else's work. */
export function judge(found: Candidate, bounds: Bounds): Verdict {
  if (found.version === undefined) return no(`${found.place}: no pulumi that answers`);
  const version = parseVersion(found.version);
  const minimum = parseVersion(bounds.minimum);
  if (version === undefined || minimum === undefined) return no(`${found.place}: pulumi tells no version that can be read`);
  const named = `${found.place}: pulumi ${version.join(".")}`;
  if (version[0] !== minimum[0]) return no(`${named} is not a ${minimum[0]}.x`);
  if (compareVersions(version, minimum) < 0) return no(`${named} is older than ${bounds.minimum}`);
  if (bounds.exactly !== undefined && version.join(".") !== bounds.exactly) return no(`${named} is not ${bounds.exactly}`);
  if (found.languageHost === "missing") return no(`${named} has no pulumi-language-nodejs beside it or on PATH`);
  if (found.languageHost === "broken") return no(`${named} has a pulumi-language-nodejs that does not start`);
  return { use: true };
}

function no(why: string): Verdict {
  return { use: false, why };
}
