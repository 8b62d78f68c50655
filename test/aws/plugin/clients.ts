import { EC2Client } from "@aws-sdk/client-ec2";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import type { Cloud } from "./served";

/** Clients of the endpoint that `AWS_ENDPOINT_URL` names. It must be on this machine. */
export function openCloud(): Cloud {
  const endpoint = process.env.AWS_ENDPOINT_URL ?? "";
  if (!/^http:\/\/127\.0\.0\.1:\d+$/.test(endpoint)) throw new Error("AWS_ENDPOINT_URL must name an emulator on 127.0.0.1");
  const where = { endpoint };
  return { ec2: new EC2Client(where), kms: new KMSClient(where), iam: new IAMClient(where) };
}
