import type { AdoptedInputs } from "../core/adopted";
import type { SelfSight } from "../core/adopted-document";
import type { Descriptor } from "../exchanges/descriptor";
import type { OpenVersion } from "../seal/version";
import type { Surroundings } from "./surroundings";

/** Everything that an adopted key's resource reaches outside itself. It needs no parent credential. */
export interface AdoptedSurroundings extends Pick<Surroundings, "store" | "sealer" | "clock" | "notice"> {
  /** Addresses that this machine is known to call from. */
  addresses(): readonly string[];
  /** @throws KeyError `NotSupported` for an exchange we do not know */
  descriptor(exchange: string): Descriptor;
  /** What a key says about itself, by one call signed with that very key. @throws KeyError */
  inspect(inputs: AdoptedInputs, key: OpenVersion): Promise<SelfSight>;
}
