export interface ShownRun {
  /** What a person reads while it runs. */
  readonly title: string;
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly shell?: boolean;
  readonly report: (line: string) => void;
  /** Called with every line of stdout and stderr. */
  readonly onLine?: (line: string) => void;
  /** What the progress line tells beside the seconds. */
  readonly detail?: () => string;
}
export function runShown(run: ShownRun): Promise<string>;
export function withoutAddresses(text: string): string;
