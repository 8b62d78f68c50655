import { KeyError } from "../core/errors";
import type { OpenAdapter } from "./adapter";
import type { Descriptor } from "./descriptor";
import { ENTRIES } from "./registry.generated";

/** One exchange of the registry, which `npm run generate` writes from the folders here. */
export interface RegistryEntry {
  readonly descriptor: Descriptor;
  /** Loads the adapter's code, which most runs do not need. */
  readonly load: () => Promise<{ readonly openAdapter: OpenAdapter }>;
}

export const DESCRIPTORS: readonly Descriptor[] = ENTRIES.map((entry) => entry.descriptor);

/** `undefined` for an exchange we do not know. */
export function findDescriptor(id: string): Descriptor | undefined {
  return DESCRIPTORS.find((descriptor) => descriptor.id === id);
}

/** @throws KeyError `NotSupported` for an exchange we do not know */
export function descriptorOf(id: string): Descriptor {
  return entryOf(id).descriptor;
}

/** @throws KeyError `NotSupported` for an exchange we do not know */
export async function loadAdapter(id: string): Promise<OpenAdapter> {
  return (await entryOf(id).load()).openAdapter;
}

function entryOf(id: string): RegistryEntry {
  const entry = ENTRIES.find((known) => known.descriptor.id === id);
  if (entry !== undefined) return entry;
  const known = DESCRIPTORS.map((descriptor) => descriptor.id).join(", ");
  throw new KeyError({ kind: "NotSupported", message: `"${id}" is not an exchange known here`, hint: `Known: ${known}.` });
}
