/** How a run ended, as scripts see it. */
export const EXIT = {
  ok: 0,
  /** What was asked for could not be done; the reason is on standard error. */
  failure: 1,
  /** The command, an argument or an option is not one that there is. */
  usage: 2,
  /** What was looked at may not go on; the reason is on standard error. */
  refused: 3,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
