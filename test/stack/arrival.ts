import { setTimeout as sleep } from "node:timers/promises";
import type { Running } from "../../harness/stack";
import type { ControlClient } from "../../sandbox/control-client";
import type { LoggedRequest } from "../../sandbox/request-log";

/** Between two looks. A question without a pause would take the time of what is waited for. */
const LOOK_MS = 20;

/**
 * Waits until the exchanges have got `count` requests that `matches`, however long that takes.
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
    await sleep(LOOK_MS);
  }
}
