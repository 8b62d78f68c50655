import { UNKNOWN } from "../preview";
import { keyPolicy } from "../rule";

/** An alias, the id of a key, or the ARN of either. */
const KMS_KEY = /^awskms:\/\/(?:alias\/[\w/-]+|\/arn:[^\s?]+:(?:key|alias)\/[\w/-]+|(?:mrk-)?[0-9a-f-]{32,36})(?:\?|$)/i;

/** A key file opens whatever it sealed, for whoever has copied it; KMS decides and writes down each time. */
export const productionSealsWithKms = keyPolicy({
  name: "production-seals-with-kms",
  displayName: "Production seals with KMS",
  description: "In production a secret is sealed by a KMS key, never by a key file.",
  severity: "critical",
  remediation: "Set seal to awskms://<key>?region=<region>",
  defaults: {},
  judge: ({ environment, seal }) => {
    if (environment !== "production" || seal === UNKNOWN || (seal !== undefined && KMS_KEY.test(seal))) return [];
    if (seal?.startsWith("awskms://") === true) return ["names no KMS key that it is sealed by"];
    return [seal === undefined ? "does not say that its document is sealed by KMS" : "is sealed by something else than KMS"];
  },
});
