/** The pack's rules under the policy SDK's own view of values, without its server. */
import type {
  PolicyResource,
  ResourceValidationArgs,
  ResourceValidationPolicy,
  StackValidationArgs,
  StackValidationPolicy,
} from "@pulumi/policy";
import { policies } from "../../policy/policies";

/** What the SDK wraps properties in before it shows them to a policy: reading an unknown value throws. */
const { unknownCheckingProxy } = require("@pulumi/policy/proxy") as {
  readonly unknownCheckingProxy: (props: object) => Record<string, unknown>;
};

export interface Resource {
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
  readonly protect?: boolean;
}

export interface Violation {
  readonly rule: string;
  readonly resource: string;
  readonly message: string;
}

/** Rule → what a pack's configuration says about it. */
export type PackConfig = Readonly<Record<string, object>>;

type Policy = ResourceValidationPolicy | StackValidationPolicy;

const urnOf = ({ type, name }: Resource): string => `urn:pulumi:test::exchange-keys::${type}::${name}`;

function notApplicable(reason?: string): never {
  throw new Error(reason ?? "not applicable");
}

function viewOf(resource: Resource): PolicyResource {
  const { type, name, props, protect = false } = resource;
  return {
    type,
    name,
    urn: urnOf(resource),
    props: unknownCheckingProxy(props),
    opts: {
      protect,
      ignoreChanges: [],
      aliases: [],
      additionalSecretOutputs: [],
      customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
    },
    dependencies: [],
    propertyDependencies: {},
    isType: () => false,
    asType: () => undefined,
  };
}

/** Everything that some resources of one stack violate, in the order of rules. */
export async function violationsOf(resources: readonly Resource[], config: PackConfig = {}): Promise<readonly Violation[]> {
  const found: Violation[] = [];
  for (const policy of policies) await apply(policy, { resources, config, found });
  return found;
}

interface Trial {
  readonly resources: readonly Resource[];
  readonly config: PackConfig;
  readonly found: Violation[];
}

async function apply(policy: Policy, { resources, config, found }: Trial): Promise<void> {
  const common = { stackTags: new Map<string, string>(), notApplicable };
  const getConfig = <T extends object>(): T => (config[policy.name] ?? {}) as T;
  if ("validateStack" in policy) {
    const args: StackValidationArgs = { ...common, getConfig, resources: resources.map(viewOf) };
    await policy.validateStack(args, (message, urn) => {
      found.push({ rule: policy.name, resource: String(urn?.split("::").at(-1)), message });
    });
    return;
  }
  const validations = [policy.validateResource ?? []].flat();
  for (const resource of resources) {
    const args: ResourceValidationArgs = { ...common, getConfig, ...viewOf(resource), asType: () => undefined };
    for (const validate of validations) {
      await validate(args, (message) => found.push({ rule: policy.name, resource: resource.name, message }));
    }
  }
}
