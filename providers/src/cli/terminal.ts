/** Where a command speaks. Tests give their own. */
export interface Terminal {
  /** What was asked for; may be piped into another program. */
  out(text: string): void;
  /** What a person should know besides. */
  err(text: string): void;
  /** Characters in a line; absent when nobody reads along. */
  readonly width?: number;
}

export function processTerminal(): Terminal {
  const { stdout, stderr } = process;
  // Who reads only the first lines, as `head` does, closes the pipe: that is no failure.
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    ...(stdout.isTTY ? { width: stdout.columns } : {}),
  };
}
