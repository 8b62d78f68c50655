import type { AwsSurroundings } from "../aws-api/endpoint";
import { KeyError } from "../core/errors";
import { openKmsSealer } from "./awskms";
import { openLocalSealer } from "./local";
import { parseSealReference } from "./references";
import type { Sealer } from "./sealer";

const local = new Map<string, Sealer>();

/**
 * The sealer of a reference. Those of one key file are the same, and those of KMS share their connections. Reaches nothing before its
 * first call.
 * @throws KeyError `InvalidInput` for a malformed reference, `EnvironmentRefused` for an endpoint that the environment does not allow
 */
export function openSealer(reference: string, surroundings: AwsSurroundings): Sealer {
  const { reference: parsed, problems } = parseSealReference(reference);
  if (parsed === undefined) {
    throw new KeyError({ kind: "InvalidInput", message: `the sealing reference ${problems.join("; ")}` });
  }
  if (parsed.scheme === "awskms") return openKmsSealer(reference, parsed, surroundings);
  const known = local.get(reference);
  if (known !== undefined) return known;
  const sealer = openLocalSealer(reference, parsed.path);
  local.set(reference, sealer);
  return sealer;
}
