import { KeyError } from "../core/errors";
import type { Environment } from "../core/words";
import { openKmsSealer } from "./awskms";
import { kmsEndpoint, type Variables } from "./kms-endpoint";
import { openLocalSealer } from "./local";
import { parseSealReference } from "./references";
import type { Sealer } from "./sealer";

export interface SealerSurroundings {
  readonly environment: Environment;
  /** Such as `process.env`. */
  readonly env: Variables;
}

/** What a KMS client is made from, besides the reference. */
const VARIABLES = ["AWS_ENDPOINT_URL_KMS", "AWS_ENDPOINT_URL", "AWS_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"] as const;

const opened = new Map<string, Sealer>();

/**
 * The sealer of a reference: the same one for the same reference and surroundings. Reaches nothing before its first call.
 * @throws KeyError `InvalidInput` for a malformed reference, `EnvironmentRefused` for an endpoint that the environment does not allow
 */
export function openSealer(reference: string, surroundings: SealerSurroundings): Sealer {
  const { environment, env } = surroundings;
  const { reference: parsed, problems } = parseSealReference(reference);
  if (parsed === undefined) {
    throw new KeyError({ kind: "InvalidInput", message: `the sealing reference ${problems.join("; ")}` });
  }
  if (parsed.scheme === "local") return remember(reference, () => openLocalSealer(reference, parsed.path));
  const endpoint = kmsEndpoint(environment, env);
  const name = JSON.stringify([reference, environment, ...VARIABLES.map((variable) => env[variable] ?? null)]);
  return remember(name, () => openKmsSealer(reference, parsed, { endpoint, env }));
}

function remember(name: string, open: () => Sealer): Sealer {
  const known = opened.get(name);
  if (known !== undefined) return known;
  const sealer = open();
  opened.set(name, sealer);
  return sealer;
}
