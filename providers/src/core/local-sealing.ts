import type { Settings } from "./settings";
import type { Environment } from "./words";

const SCHEME = "local://";

/** True where a key file would seal, or has sealed, a key of production: whoever has copied that file opens it. Pure. */
export function isLocalInProduction(reference: string, environment: Environment): boolean {
  return environment === "production" && reference.startsWith(SCHEME);
}

/** Why a key file may not seal the keys of a stack, as phrases that follow a property. None where the stack gives a reason. Pure. */
export function localSealingProblems(reference: string, { environment, accept }: Pick<Settings, "environment" | "accept">) {
  if (!isLocalInProduction(reference, environment) || accept?.localSealing !== undefined) return [];
  return [
    "is a key file, and this is production: whoever has copied the file opens every key. Write awskms://<key>?region=<region>, " +
      "or accept it with a reason in exchange-keys:accept.localSealing",
  ];
}
