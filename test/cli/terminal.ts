import { runProgram } from "../../providers/src/cli/program";

/** What a run said, and how it ended. */
export interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the program in this process, on a terminal of its own. */
export async function run(args: readonly string[], width?: number): Promise<Said> {
  const said = { out: "", err: "" };
  const code = await runProgram(args, {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    echo: () => undefined,
    ...(width === undefined ? {} : { width }),
  });
  return { code, ...said };
}
