import { z } from "zod";

/**
 * Which addresses of one place (a zone, or a bot) are allocated. Each address has a generation. The number is part of its resource's name.
 * So a new address comes beside the old one and never in its place.
 */
export interface Generations {
  /** The address in use. A number not used before makes a new address. Absent while the place is being given up. */
  readonly generation?: number;
  /** Addresses no longer in use that stay allocated and whitelisted until they are taken from this list. */
  readonly draining?: readonly number[];
}

const whole = "must be a whole number from 1 on";
const generation = z.int(whole).min(1, whole);

export const generationsSchema = z
  .strictObject({ generation: generation.optional(), draining: z.array(generation).optional() })
  .superRefine(({ generation: current, draining = [] }, context) => {
    const refuse = (path: readonly (string | number)[], message: string): void =>
      context.addIssue({ code: "custom", message, path: [...path] });
    if (current === undefined && draining.length === 0)
      refuse(["generation"], "is required, but where a place is being given up and names what is draining");
    draining.forEach((old, index) => {
      if (draining.indexOf(old) < index) refuse(["draining", index], "is named twice");
      if (current !== undefined && old === current) refuse(["draining", index], "is the generation in use");
    });
  });

/** One address to be allocated. */
export interface PlannedAddress {
  /** Zone or bot. */
  readonly place: string;
  readonly generation: number;
  readonly state: "current" | "draining";
}

/** Every address that is to be allocated: by place, current before draining, newest first. */
export function plannedAddresses(places: Readonly<Record<string, Generations>>): readonly PlannedAddress[] {
  return Object.entries(places).flatMap(([place, { generation: current, draining = [] }]) => [
    ...(current === undefined ? [] : [{ place, generation: current, state: "current" as const }]),
    ...draining
      .map((generation) => ({ place, generation, state: "draining" as const }))
      .sort((a, b) => b.generation - a.generation),
  ]);
}

/** Name of an address among resources. Permanent: another name is another address. */
export function addressName(component: string, { place, generation }: PlannedAddress): string {
  return `${component}-${place}-g${generation}`;
}
