import { appendFileSync, existsSync, readFileSync } from "node:fs";

/** The file in which the plugin notes what it was asked. */
export const LOG_VARIABLE = "AWS_PLUGIN_LOG";

/** One order that changed something in AWS. */
export interface CloudRequest {
  readonly operation: "create" | "update" | "delete";
  /** Such as `aws:ec2/eip:Eip`. */
  readonly type: string;
  /** Of its resource. */
  readonly name: string;
  readonly id: string;
  /** Milliseconds of this machine's clock: before the first call to AWS, and after the last one. */
  readonly asked: number;
  readonly done: number;
  /** Inputs and outputs afterwards. */
  readonly properties: Readonly<Record<string, unknown>>;
}

export function note(request: CloudRequest): void {
  const file = process.env[LOG_VARIABLE];
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(request)}\n`);
}

/** All that were noted so far, of every run, in the order in which they ended. */
export function readCloudRequests(file: string): readonly CloudRequest[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as CloudRequest);
}
