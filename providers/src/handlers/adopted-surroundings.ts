import type { AdoptedInputs } from "../core/adopted";
import type { SelfSight } from "../core/adopted-document";
import { KeyError } from "../core/errors";
import type { Environment } from "../core/words";
import { descriptorOf } from "../exchanges/registry";
import type { AdoptedSurroundings } from "../lifecycle/adopted-surroundings";
import { callerAddresses } from "../runtime/egress";
import { processRuntime, processVariables } from "../runtime/process";
import type { OpenVersion } from "../seal/version";
import { requireSettings } from "./settings";
import { openSurroundings } from "./surroundings";

/** Everything a create, update or read of an adopted key reaches outside this process. */
export function adoptedSurroundings(environment: Environment): AdoptedSurroundings {
  const { store, sealer, clock, notice } = openSurroundings(environment);
  return {
    store,
    sealer,
    clock,
    notice,
    addresses: () => callerAddresses(processVariables()),
    descriptor: descriptorOf,
    inspect: (inputs, key) => inspect(inputs, key),
  };
}

async function inspect({ environment, exchange, account }: AdoptedInputs, key: OpenVersion): Promise<SelfSight> {
  const site = requireSettings().accounts[account]?.site;
  const { apiKey, secret, passphrase } = key;
  if (secret === undefined) {
    const message = "the document's key has no secret here, so it cannot be asked about itself";
    throw new KeyError({ kind: "NotSupported", exchange, message });
  }
  const own = { apiKey, secret, ...(passphrase === undefined ? {} : { passphrase }) };
  // Loaded here: a program, and most of a preview, never reach an exchange.
  const { inspectSelf } = await import("../wire/inspect-self.js");
  return await inspectSelf(
    { environment, exchange, account, ...own, ...(site === undefined ? {} : { site }) },
    processRuntime(environment),
  );
}
