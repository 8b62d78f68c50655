import { createHash } from "node:crypto";

/** One mutant: ids count from 0 in each folder. */
export interface Mutant {
  readonly folder: string;
  readonly id: string;
}

/** Draws `size` of all mutants, each with the same chance. The same seed draws the same ones of the same code. */
export function draw(counts: Readonly<Record<string, number>>, size: number, seed: string): readonly Mutant[] {
  const all = Object.entries(counts).flatMap(([folder, count]) =>
    Array.from({ length: count }, (_, id): Mutant => ({ folder, id: String(id) })),
  );
  const rank = ({ folder, id }: Mutant): string => createHash("sha256").update(`${seed} ${folder} ${id}`).digest("hex");
  const ranked = all.map((mutant) => ({ mutant, rank: rank(mutant) })).sort((one, other) => (one.rank < other.rank ? -1 : 1));
  return ranked.slice(0, size).map(({ mutant }) => mutant);
}
