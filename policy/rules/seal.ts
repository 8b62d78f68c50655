import { UNKNOWN } from "../preview";
import { keyPolicy } from "../rule";

/** A key file opens whatever it sealed, for whoever has copied it; KMS decides and writes down each time. */
export const productionSealsWithKms = keyPolicy({
  name: "production-seals-with-kms",
  displayName: "Production seals with KMS",
  description: "In production a secret is sealed by a KMS key, never by a key file.",
  severity: "critical",
  remediation: "Set seal to awskms://<key>?region=<region>",
  defaults: {},
  judge: ({ environment, seal }) => {
    if (environment !== "production" || seal === UNKNOWN || seal?.startsWith("awskms://") === true) return [];
    return [seal === undefined ? "does not say that its document is sealed by KMS" : "is sealed by something else than KMS"];
  },
});
