/** How a run ended, as scripts see it. */
export const EXIT = {
  ok: 0,
  /** The command could not do what was asked. The reason is on standard error. */
  failure: 1,
  /** The command, an argument or an option does not exist. */
  usage: 2,
  /** The command refuses what it checked. The reason is on standard error. */
  refused: 3,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
