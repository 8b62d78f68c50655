import { DAY_MS } from "../core/duration";
import { isKind, KeyError } from "../core/errors";
import { withVersions } from "../core/merge";
import { nameOf } from "../core/ownership";
import { type Stray, versionIn } from "../core/record";
import { strayOf } from "../core/strays";
import type { SealedVersion } from "../seal/document";
import { BEYOND_REACH, type Management, managedStray, managedVersion, revoke } from "./passphrase";
import type { Progress } from "./progress";
import type { StepContext } from "./step-context";

export function managementOf(context: StepContext): Management {
  const { inputs, exchange, surroundings, ownSeals, progress } = context;
  return { inputs, exchange, surroundings, ownSeals, recorded: progress.recorded };
}

/** In an incident one failure keeps nothing else from being ended: it is named when all is tried. */
export async function inVain(context: StepContext, what: string, act: () => Promise<boolean | undefined>): Promise<boolean> {
  try {
    return (await act()) ?? false;
  } catch (error) {
    if (!context.progress.isIncident || !(error instanceof KeyError)) throw error;
    context.run.failed.set(what, error);
    return false;
  }
}

/** True where no passphrase that is known is the key's own: only a person can change it or end it. */
function isBeyondReach({ exchange }: StepContext, error: unknown): error is KeyError {
  return exchange.adapter.descriptor.passphrase?.value.toManage === true && isKind(error, ...BEYOND_REACH);
}

/** Ends a version. One that only a person can end leaves the document all the same, and holds nothing else up. */
export async function revokeVersion(context: StepContext, { version }: { readonly version: SealedVersion }): Promise<boolean> {
  const { progress, inputs, surroundings } = context;
  try {
    await revoke(managementOf(context), managedVersion(version));
  } catch (error) {
    if (progress.isIncident || !isBeyondReach(context, error)) throw error;
    const stray = { ...strayOf(version, { inputs, now: surroundings.clock.now() }), until: nextReminder(context) };
    remind(context, stray);
    await setAside(context, version, stray);
    return true;
  }
  await removeVersion(context, version);
  return true;
}

/** A version leaves the document and goes on as a stray. */
export async function setAside(context: StepContext, version: SealedVersion, stray: Stray): Promise<void> {
  const { progress } = context;
  progress.recorded = { ...progress.recorded, strays: [...progress.recorded.strays, stray] };
  await removeVersion(context, version);
}

export async function removeVersion({ progress }: StepContext, version: SealedVersion): Promise<void> {
  const { sealed } = progress.recorded;
  await progress.publish(
    withVersions(
      sealed,
      sealed.versions.filter((one) => one.serial !== version.serial),
    ),
  );
}

export async function retireStray(context: StepContext, stray: Stray): Promise<boolean> {
  const { progress, inputs, surroundings } = context;
  const isFree = stray.lost === true || progress.isIncident;
  const spare = isFree
    ? () => undefined
    : surroundings.beforeEnding({ ...inputs, versions: [nameOf(stray)], stray: stray.apiKey });
  try {
    await revoke(managementOf(context), managedStray(stray));
  } catch (error) {
    if (progress.isIncident || !isBeyondReach(context, error)) throw error;
    // It was not ended, and takes nothing from the budget.
    spare();
    const postponed = { ...stray, until: nextReminder(context) };
    const strays = progress.recorded.strays.map((one) => (one.apiKey === stray.apiKey ? postponed : one));
    progress.recorded = { ...progress.recorded, strays };
    remind(context, postponed);
    return false;
  }
  await forgetStray(progress, stray.apiKey);
  return true;
}

/** Its serial stays used: bots that saw it refuse a document that shows no higher one. */
export async function forgetStray(progress: Progress, apiKey: string): Promise<void> {
  const { strays, sealed } = progress.recorded;
  const used = strays.find((stray) => stray.apiKey === apiKey)?.serial ?? 0;
  progress.recorded = { ...progress.recorded, strays: strays.filter((stray) => stray.apiKey !== apiKey) };
  if (used > sealed.lastSerial) await progress.publish({ ...sealed, lastSerial: used });
}

function nextReminder({ surroundings }: StepContext): string {
  return new Date(surroundings.clock.now().getTime() + DAY_MS).toISOString();
}

/** What nobody knows the passphrase of only a person can end. Nothing else waits for that, and they are reminded once a day. */
function remind({ surroundings, inputs }: StepContext, stray: Stray): void {
  surroundings.notice(
    `${inputs.exchange} "${inputs.name}": ${nameOf(stray)} still lives, and its passphrase is known nowhere: delete it on the exchange's page. Next reminder after ${stray.until}`,
  );
}

/** Nothing is retired before bots can read its successor where they look for it. */
export async function requirePublished({ progress, inputs }: StepContext): Promise<void> {
  const recorded = progress.recorded.sealed;
  const stored = await progress.published();
  const shown = stored === undefined ? undefined : versionIn(stored.document, "current")?.serial;
  if (shown !== undefined && shown === versionIn(recorded, "current")?.serial) return;
  await progress.publish(recorded);
  throw new KeyError({
    kind: "Conflict",
    exchange: inputs.exchange,
    operation: `key "${inputs.name}"`,
    message: `the document at ${inputs.publish} did not show the current version; it was published again and nothing was retired`,
    hint: "Run up again after bots have had time to read it.",
  });
}
