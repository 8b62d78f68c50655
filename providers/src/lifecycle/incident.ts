import { KeyError } from "../core/errors";
import type { ScheduledApiKeyInputs } from "../core/inputs";
import type { Progress } from "./progress";

/** What an incident run has come to. */
export interface IncidentRun {
  readonly inputs: ScheduledApiKeyInputs;
  readonly progress: Progress;
  /** Public id, or place of delivery → why it could not be ended, or delivered to. */
  readonly failed: ReadonlyMap<string, KeyError>;
}

/** Why an incident run is not done, although it did what could be done: a key of ours lives, or bots cannot read its successor. */
export async function incidentFailure({ inputs, progress, failed }: IncidentRun): Promise<KeyError | undefined> {
  const [first] = failed.values();
  if (first !== undefined) return withPlace({ inputs, progress, failed }, first);
  if (progress.unpublished === undefined) return undefined;
  // What did not fit beside the superseded version may fit alone.
  await progress.publish(progress.recorded.sealed);
  return progress.unpublished === undefined ? undefined : unread(inputs, progress.unpublished);
}

function withPlace({ inputs: { exchange, name }, progress: { unpublished }, failed }: IncidentRun, first: KeyError): KeyError {
  const place = unpublished === undefined ? "" : `; nor could the successor be published (${unpublished.message})`;
  return new KeyError({
    kind: first.kind,
    exchange,
    operation: `key "${name}"`,
    message: `the incident is not over for ${[...failed.keys()].join(", ")}: ${first.message}${place}`,
    ...(first.code === undefined ? {} : { code: first.code }),
    hint: "The trigger is not recorded as served. Mend what failed, or end the key on the exchange's page, and run up again.",
  });
}

function unread({ exchange, name, publish }: ScheduledApiKeyInputs, { kind, code, message }: KeyError): KeyError {
  return new KeyError({
    kind,
    exchange,
    operation: `key "${name}"`,
    message: `the superseded keys are revoked, and bots have NO KEY until ${publish} is mended: ${message}`,
    ...(code === undefined ? {} : { code }),
    hint: "The successor is sealed in the state. Mend the place, and run up again: it is then published.",
  });
}
