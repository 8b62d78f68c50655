/** Where one step of set-up tells how far it is. */
export interface Progress {
  readonly report: (line: string) => void;
  /** Takes the line away again, where it was written anew. */
  readonly done: () => void;
}
/** What a stream has to be able to do. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}
export function progress(
  at: { readonly step: number; readonly steps: number },
  stream?: Screen,
  env?: NodeJS.ProcessEnv,
): Progress;
