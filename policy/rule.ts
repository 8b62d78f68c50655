import type { PolicyConfigSchema, ResourceValidationPolicy, Severity, StackValidationPolicy } from "@pulumi/policy";
import { type Key, keyOf } from "./key";

/** What the pack's reader sees of a rule. */
interface About {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly severity: Severity;
  /** What to do about a violation. */
  readonly remediation: string;
  /** @default mandatory */
  readonly enforcementLevel?: "advisory" | "mandatory";
}

interface Configured<Config> extends About {
  readonly configSchema?: PolicyConfigSchema["properties"];
  /** What holds where the pack's configuration says nothing. */
  readonly defaults: Config;
}

/** A rule about one key: pure, and so tested without a policy server. */
interface KeyRule<Config> extends Configured<Config> {
  /** What is wrong with the key, without its name; none when nothing is. */
  judge(key: Key, config: Config): readonly string[];
}

/** A violation that lies between keys, shown at one of them. */
export interface Finding {
  readonly message: string;
  readonly urn: string;
}

/** A rule about all keys of a stack. */
interface KeysRule<Config> extends Configured<Config> {
  judge(keys: readonly Key[], config: Config): readonly Finding[];
}

/** The policy that applies a rule to each key. */
export function keyPolicy<Config extends object>(rule: KeyRule<Config>): ResourceValidationPolicy {
  return {
    ...described(rule),
    validateResource: (args, report) => {
      const key = keyOf(args);
      if (key === undefined) return;
      const config = { ...rule.defaults, ...args.getConfig<Partial<Config>>() };
      for (const message of rule.judge(key, config)) report(withRemedy(`${args.name}: ${message}`, rule));
    },
  };
}

/** The policy that applies a rule to the stack's keys together. */
export function keysPolicy<Config extends object>(rule: KeysRule<Config>): StackValidationPolicy {
  return {
    ...described(rule),
    validateStack: (args, report) => {
      const keys = args.resources.map(keyOf).filter((key) => key !== undefined);
      const config = { ...rule.defaults, ...args.getConfig<Partial<Config>>() };
      for (const { message, urn } of rule.judge(keys, config)) report(withRemedy(message, rule), urn);
    },
  };
}

/** The parts of a policy that tell people about it. */
export function described(rule: About & { readonly configSchema?: PolicyConfigSchema["properties"] }): {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly enforcementLevel: "advisory" | "mandatory";
  readonly severity: Severity;
  readonly remediationSteps: string;
  readonly configSchema?: PolicyConfigSchema;
} {
  const { name, displayName, description, severity, remediation, configSchema, enforcementLevel = "mandatory" } = rule;
  return {
    name,
    displayName,
    description,
    enforcementLevel,
    severity,
    remediationSteps: remediation,
    ...(configSchema === undefined ? {} : { configSchema: { properties: configSchema } }),
  };
}

/** The CLI shows a violation's message, not its remediation steps: so they are in it. */
export function withRemedy(message: string, { remediation }: Pick<About, "remediation">): string {
  return `${message}. ${remediation}`;
}

/** Keys by what `by` makes of them; those of which it makes nothing are left out. */
export function grouped(keys: readonly Key[], by: (key: Key) => string | undefined): ReadonlyMap<string, readonly Key[]> {
  const groups = new Map<string, Key[]>();
  for (const key of keys) {
    const group = by(key);
    if (group !== undefined) groups.set(group, [...(groups.get(group) ?? []), key]);
  }
  return groups;
}

/** `"a", "b"`: the resources of some keys, for messages. */
export function namesOf(keys: readonly Key[]): string {
  return keys.map(({ resourceName }) => `"${resourceName}"`).join(", ");
}
