import { type ParsedSecretReference, parseSecretReference } from "../aws-api/secret-reference";

/** Reads where an opened key is delivered: `awssm://<name>?region=…` or `awssm:///<ARN>`. Pure. */
export function parseDeliveryReference(text: string): ParsedSecretReference {
  if (!text.startsWith("awssm://")) {
    return { problems: ["is no place to deliver to: write awssm://<name of a secret>?region=eu-west-1"] };
  }
  const rest = text.slice("awssm://".length);
  const arn = rest.startsWith("/arn:");
  if (rest.startsWith("/") && !arn) return { problems: ["has three slashes, after which an ARN comes: write awssm://<name>"] };
  if (rest.startsWith("arn:")) return { problems: ["has its ARN after two slashes; write three: awssm:///arn:…"] };
  return parseSecretReference(arn ? rest.slice(1) : rest);
}
