import { parsePublishReference } from "../publish/references";
import type { DocumentRead } from "./bot-policy";
import { literal } from "./policy";

/** What reading a published document takes, in the partition, account and region of its sealing key. Files need no right in AWS. */
export function documentReads(document: string, keyArn: string): readonly DocumentRead[] {
  const [, partition = "", , keyRegion = "", account = ""] = keyArn.split(":");
  const { reference } = parsePublishReference(document);
  switch (reference?.scheme) {
    case "ssm": {
      const { name, region = keyRegion } = reference;
      const resource = `arn:${partition}:ssm:${region}:${account}:parameter/${literal(name.replace(/^\//, ""))}`;
      return [{ action: "ssm:GetParameter", resource }];
    }
    case "s3":
      return [{ action: "s3:GetObject", resource: `arn:${partition}:s3:::${reference.bucket}/${literal(reference.key)}` }];
    default:
      return [];
  }
}
