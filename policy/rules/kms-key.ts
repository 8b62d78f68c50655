import type { ResourceValidationPolicy } from "@pulumi/policy";
import { KMS_KEY } from "../key";
import { propertyOf, UNKNOWN } from "../preview";
import { described, withRemedy } from "../rule";

const about = {
  name: "protected-kms-key",
  displayName: "KMS keys are protected",
  description: "A KMS key of the stack cannot be destroyed with it, and is deleted as late as possible if it ever is.",
  severity: "critical",
  remediation: "Set protect: true and leave deletionWindowInDays and isEnabled at their defaults",
  configSchema: {
    minDeletionWindowDays: {
      type: "integer",
      minimum: 7,
      maximum: 30,
      default: 30,
      description: "The shortest time in which a deletion can be taken back.",
    },
  },
} as const;

/** Whoever deletes the KMS key deletes every secret that it sealed, and with them the desk's access to its exchanges. */
export const protectedKmsKey: ResourceValidationPolicy = {
  ...described(about),
  validateResource: ({ type, name, props, opts, getConfig }, report) => {
    if (type !== KMS_KEY) return;
    const { minDeletionWindowDays = 30 } = getConfig<{ readonly minDeletionWindowDays?: number }>();
    const window = propertyOf(props, "deletionWindowInDays");
    const enabled = propertyOf(props, "isEnabled");
    const tell = (message: string): void => report(withRemedy(`${name}: ${message}`, about));
    if (!opts.protect) tell("can be destroyed with the stack");
    if (window !== UNKNOWN && typeof window === "number" && window < minDeletionWindowDays) {
      tell(`would be gone ${window} days after its deletion, the least is ${minDeletionWindowDays}`);
    }
    if (enabled === false) tell("is disabled, and nothing that it sealed can be opened");
  },
};
