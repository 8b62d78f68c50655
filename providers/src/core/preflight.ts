/** Keys whose removal revokes them. */
const API_KEY = "pulumi-nodejs:dynamic/exchange-keys:ApiKey";

/** Operations of a preview after which the key that was there is gone. */
const ENDING: Readonly<Record<string, "delete" | "replace">> = {
  delete: "delete",
  "delete-replaced": "replace",
  replace: "replace",
  "create-replacement": "replace",
};

/** Operations on what was not there before. */
const MAKING = ["create", "import"];

/** One step of a preview. */
export interface PreviewStep {
  readonly op: string;
  readonly urn: string;
}

/** A key that the update would end. */
export interface EndedKey {
  readonly name: string;
  readonly urn: string;
  readonly how: "delete" | "replace";
}

/** How many keys an update may end: refused is what is above both. */
export interface Budget {
  readonly keys: number;
  readonly percent: number;
}

export interface Preflight {
  readonly ended: readonly EndedKey[];
  /** Keys that there are before the update. Undefined where the preview does not show those that stay as they are. */
  readonly existing: number | undefined;
  readonly refused: boolean;
}

/**
 * What a preview would do to keys.
 * @param unshown resources that stay as they are and of which the preview shows no step: any of them may be a key, or none
 */
export function preflight(steps: readonly PreviewStep[], unshown: number, budget: Budget): Preflight {
  const keys = new Map<string, "delete" | "replace" | "stays">();
  for (const { op, urn } of [...steps].sort((one, other) => (one.urn < other.urn ? -1 : 1))) {
    if (typeIn(urn) !== API_KEY || MAKING.includes(op)) continue;
    const how = ENDING[op] ?? "stays";
    if (how !== "stays" || !keys.has(urn)) keys.set(urn, how);
  }
  const ended = [...keys].flatMap(([urn, how]) => (how === "stays" ? [] : [{ name: urn.split("::").at(-1) ?? urn, urn, how }]));
  const existing = unshown > 0 ? undefined : keys.size;
  const wide = existing === undefined || ended.length * 100 > existing * budget.percent;
  return { ended, existing, refused: ended.length > budget.keys && wide };
}

/** The resource's own type: a URN repeats those of its parents before it. */
function typeIn(urn: string): string | undefined {
  return urn.split("::")[2]?.split("$").at(-1);
}
