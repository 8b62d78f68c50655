import { createHmac } from "node:crypto";

/** Repeatable chance for everything a client must not rely on. Never for secrets. */
export class Random {
  #count = 0;

  constructor(private readonly seed: number) {}

  /** At least 0, below 1. */
  next(): number {
    this.#count += 1;
    const digest = createHmac("sha256", String(this.seed)).update(String(this.#count)).digest();
    return digest.readUInt32BE(0) / 2 ** 32;
  }

  chance(): boolean {
    return this.next() < 0.5;
  }

  pick<T>(items: readonly [T, ...T[]]): T {
    return items[Math.floor(this.next() * items.length)] ?? items[0];
  }

  shuffle<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, rank: this.next() }))
      .sort((left, right) => left.rank - right.rank)
      .map(({ item }) => item);
  }
}

/** The same content with members and items in another order, all the way down. */
export function shuffleDeep(value: unknown, random: Random): unknown {
  if (Array.isArray(value)) return random.shuffle(value.map((item) => shuffleDeep(item, random)));
  if (value === null || typeof value !== "object") return value;
  const members = Object.entries(value).map(([name, member]) => [name, shuffleDeep(member, random)] as const);
  return Object.fromEntries(random.shuffle(members));
}
