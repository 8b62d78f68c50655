import type { z } from "zod";
import type { faultInput } from "./control-schema";
import type { Operation } from "./exchange";

export type FaultOrder = z.input<typeof faultInput>;
export type Fault = z.output<typeof faultInput> & { readonly id: number };

const LISTS_ONLY: ReadonlySet<Fault["kind"]> = new Set(["staleList", "doubleList"]);

/** The request that asks whether a fault is meant for it. */
export interface FaultTarget {
  readonly exchange: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  readonly subAccount: string | null;
}

/** Orders to misbehave, in the order in which they came. One request takes at most one. */
export class Faults {
  #next = 1;
  #pending: Fault[] = [];

  add(order: z.output<typeof faultInput>): number {
    const id = this.#next++;
    this.#pending.push({ ...order, id });
    return id;
  }

  /** Those with something left to do. */
  pending(): readonly Fault[] {
    return [...this.#pending];
  }

  clear(): void {
    this.#pending = [];
  }

  /** The first fault meant for this request, used up by one. A fault that still skips lets the request pass to the next. */
  take(target: FaultTarget): Fault | undefined {
    for (const fault of this.#pending.filter((candidate) => isMeant(candidate, target))) {
      if (fault.skip === 0) {
        this.#replace(fault, { ...fault, times: fault.times - 1 });
        return fault;
      }
      this.#replace(fault, { ...fault, skip: fault.skip - 1 });
    }
    return undefined;
  }

  #replace(old: Fault, next: Fault): void {
    this.#pending = this.#pending.map((fault) => (fault === old ? next : fault)).filter((fault) => fault.times > 0);
  }
}

function isMeant(fault: Fault, target: FaultTarget): boolean {
  if (fault.exchange !== undefined && fault.exchange !== target.exchange) return false;
  if (fault.method !== undefined && fault.method.toUpperCase() !== target.method) return false;
  if (fault.operation !== undefined && fault.operation !== target.operation) return false;
  if (fault.subAccount !== undefined && fault.subAccount !== target.subAccount) return false;
  if (fault.path !== undefined && !target.path.includes(fault.path)) return false;
  return !LISTS_ONLY.has(fault.kind) || target.operation === "list";
}
