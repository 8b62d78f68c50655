import { shownLines } from "../core/shown";

/** Where a command prints. Tests give their own. */
export interface Terminal {
  /** The result. It may be piped into another program. */
  out(text: string): void;
  /** What a person should know besides. */
  err(text: string): void;
  /** Gives a person back what is typed, as it is. Nothing else goes here. */
  echo(text: string): void;
  /** Characters in a line. Absent when the output is no terminal. */
  readonly width?: number;
}

/** A terminal that obeys nothing in what it is shown but the end of a line. */
export function guarded(terminal: Terminal): Terminal {
  const { out, err } = terminal;
  return { ...terminal, out: (text) => out(shownLines(text)), err: (text) => err(shownLines(text)) };
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
    echo: (text) => void stderr.write(text),
    ...(stdout.isTTY ? { width: stdout.columns } : {}),
  };
}
