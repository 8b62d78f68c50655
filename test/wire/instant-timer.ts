import type { Timer } from "../../providers/src/wire/limiter";

/** Time that passes only when somebody waits. */
export interface InstantTimer extends Timer {
  readonly waits: number[];
}

export function instantTimer(): InstantTimer {
  let now = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    wait: async (ms) => {
      waits.push(ms);
      now += ms;
    },
  };
}
