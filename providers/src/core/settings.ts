import { z } from "zod";
import { trustProblem } from "./trust";
import { ENVIRONMENTS } from "./words";

/** The configuration namespace: `exchange-keys:environment` and so on. */
export const SETTINGS_NAMESPACE = "exchange-keys";

/** Fixed-width names that people choose: owners, bots, purposes, key names and account aliases. */
export const NAME_PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/;
export const NAME_HINT = "1 to 40 lower-case letters, digits and inner hyphens";

/** Enough to take a demonstration down, and too little to empty a desk by mistake. */
export const DEFAULT_REVOCATION_BUDGET = 10;

const name = z.string().regex(NAME_PATTERN, NAME_HINT);
const reason = z.string().min(10, "give a reason of at least 10 characters");

/** A parent credential, by reference. The references are not secret. What they point to never enters configuration or state. */
const accountSchema = z.strictObject({
  exchange: z.string().min(1),
  /** Regional hosts, where an exchange has any. */
  site: z.string().min(1).optional(),
  /** Field → reference, such as `env:BYBIT_SECRET` or `file:/run/secrets/bybit`. */
  credentials: z.record(z.string(), z.string()),
  /**
   * A reference to the secret that stamps documents in place of the credential's own. For several parents that share sub-accounts, and
   * for the secret of a replaced parent. The credential's own stamps are believed too.
   */
  stampKey: z.string().min(1).optional(),
  /** What is accepted of this parent in production, and why. */
  accept: z.strictObject({ withdraw: reason.optional(), unbound: reason.optional(), age: reason.optional() }).optional(),
});

const journalSchema = z.strictObject({
  /** Where every act is written down. A relative path is taken from the project's folder. @default ".exchange-keys/journal" */
  folder: z.string().min(1).optional(),
  /** What the journal calls this stack. @default the variable PULUMI_STACK */
  stack: z.string().min(1).optional(),
});

const trustSchema = z.strictObject({
  /** Certificates of private roots, PEM. */
  ca: z.string().superRefine((text, context) => {
    const message = trustProblem(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  }),
});

export type JournalSettings = z.infer<typeof journalSchema>;

const acceptSchema = z.strictObject({
  /** Why keys of production may be sealed by a key file. */
  localSealing: reason.optional(),
});

const settingsSchema = z.strictObject({
  environment: z.enum(ENVIRONMENTS, `declare one of ${ENVIRONMENTS.join(", ")}`),
  /** Who the keys belong to. A stable text: it is part of every label. Not the name of a stack. */
  owner: name,
  accounts: z.record(name, accountSchema),
  journal: journalSchema.optional(),
  /** What is accepted of the whole stack in production, and why. */
  accept: acceptSchema.optional(),
  /** What AWS endpoints are trusted by, beside the public roots. */
  trust: trustSchema.optional(),
  /** How many keys one run may end. Retiring a superseded version is not counted. Default: {@link DEFAULT_REVOCATION_BUDGET}. */
  revocationBudget: z.coerce.number().int().min(0).max(100_000).optional(),
});

/** Settings that are objects. */
const OBJECTS = ["accounts", "journal", "accept", "trust"] as const;

export type AccountSettings = z.infer<typeof accountSchema>;

/** What the stack's configuration says: where keys live, whose they are, and by which parent credentials they are managed. */
export type Settings = z.infer<typeof settingsSchema>;

/** A problem of the configuration, by its key. */
export interface SettingsProblem {
  readonly property: string;
  readonly reason: string;
}

/** Reads configuration values (those that are objects as JSON text or object). */
export function readSettings(get: (key: keyof Settings) => unknown): Settings | readonly SettingsProblem[] {
  const objects = Object.fromEntries(OBJECTS.map((key) => [key, readJson(get(key))]));
  const found = { environment: get("environment"), owner: get("owner"), revocationBudget: get("revocationBudget") };
  const result = settingsSchema.safeParse({ ...found, ...objects });
  if (result.success) return result.data;
  return result.error.issues.map((issue) => ({
    property: `${SETTINGS_NAMESPACE}:${issue.path.map(String).join(".")}`,
    reason: issue.message,
  }));
}

/** True when {@link readSettings} found problems instead of settings. */
export function isProblems(result: Settings | readonly SettingsProblem[]): result is readonly SettingsProblem[] {
  return Array.isArray(result);
}

function readJson(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value);
  } catch {
    // Not JSON: the schema then names the property.
    return value;
  }
}
