import type { Running } from "../../harness/stack";
import type { ControlClient } from "../../sandbox/control-client";
import type { LoggedRequest } from "../../sandbox/request-log";

/**
 * Waits until the exchanges have got `count` requests that `matches`, however long that takes. Each look is a question to the sandbox.
 * @throws Error when the run ends before, with its output
 */
export async function arrival(
  control: ControlClient,
  running: Running,
  wanted: { readonly count: number; readonly matches: (request: LoggedRequest) => boolean },
): Promise<void> {
  let output: string | undefined;
  running.ended.then(
    ({ stdout, stderr }) => {
      output = stdout + stderr;
    },
    (error: unknown) => {
      output = String(error);
    },
  );
  for (;;) {
    const found = (await control.requests()).filter(wanted.matches);
    if (found.length >= wanted.count) return;
    if (output !== undefined) throw new Error(`the run ended before what was waited for\n${output}`);
  }
}
