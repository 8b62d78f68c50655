import { sameUnlisted } from "../core/as-declared";
import { DAY_MS } from "../core/duration";
import { isKind, KeyError } from "../core/errors";
import type { ScheduledApiKeyInputs } from "../core/inputs";
import { daysOfVersion } from "../core/lifetime";
import { withoutIntent, withVersions } from "../core/merge";
import { nameOf } from "../core/ownership";
import { type Stray, versionIn } from "../core/record";
import { overlapEnd } from "../core/schedule";
import type { Hint, Step } from "../core/situation";
import type { ApiKeyId } from "../core/words";
import type { DeliveredKey } from "../deliver/delivery";
import type { ObservedKey } from "../exchanges/adapter";
import type { SealedVersion } from "../seal/document";
import { deliver } from "./deliver";
import { confirmGone } from "./gone";
import {
  BEYOND_REACH,
  type Management,
  managedIntent,
  managedStray,
  managedVersion,
  type OwnSeals,
  revoke,
  withPassphrase,
} from "./passphrase";
import type { Progress } from "./progress";
import { REFUSALS } from "./refusals";
import type { Exchange, Surroundings } from "./surroundings";
import { takeDown } from "./take-down";

/** What every step works on. `listed` is what the exchange showed last. */
export interface StepContext {
  readonly inputs: ScheduledApiKeyInputs;
  readonly exchange: Exchange;
  readonly progress: Progress;
  readonly surroundings: Surroundings;
  readonly ownSeals: OwnSeals;
  /** Keys that this call was given by the exchange, by serial. Filled only where a delivery is declared. */
  readonly held: Map<number, DeliveredKey>;
  readonly run: {
    readonly issued: Set<ApiKeyId>;
    readonly failed: Map<string, KeyError>;
    readonly isHidden: boolean;
    readonly isIntentRecorded: boolean;
    readonly hints: readonly Hint[];
  };
  listed: readonly ObservedKey[];
}

type Performed = Exclude<Step, { readonly do: "issue" }>;
type Performer<Name extends Performed["do"]> = (
  context: StepContext,
  step: Extract<Performed, { readonly do: Name }>,
) => Promise<boolean>;

/**
 * Does one step, completely or not at all as far as the record goes.
 * @returns true when the exchange has to be looked at again
 */
export function perform(context: StepContext, step: Performed): Promise<boolean> {
  const performer = PERFORMERS[step.do] as Performer<Performed["do"]>;
  return performer(context, step);
}

const PERFORMERS: { readonly [Name in Performed["do"]]: Performer<Name> } = {
  drop: async (context, { version }) => {
    const { exchange, inputs, surroundings } = context;
    const apiKeys = [version.apiKey];
    const { gone } = await confirmGone(exchange, inputs.subAccount, { apiKeys, sleep: surroundings.sleep });
    if (gone.length > 0) await removeVersion(context, version);
    return true;
  },
  revokeLost: async (context, { apiKey }) => {
    const { sealed } = context.progress.recorded;
    await revoke(managementOf(context), managedIntent(sealed, apiKey));
    await context.progress.publish(withoutIntent(sealed));
    return true;
  },
  recordStray: async ({ progress, surroundings, inputs }, { stray }) => {
    progress.recorded = { ...progress.recorded, strays: [...progress.recorded.strays, stray] };
    if (stray.lost === true) await progress.publish(withoutIntent(progress.recorded.sealed));
    const why = stray.lost === true ? "was lost in an issue, and nobody can hold it" : "was in no state";
    surroundings.notice(`${inputs.exchange} "${inputs.name}": ${nameOf(stray)} ${why}; it keeps working until ${stray.until}`);
    return false;
  },
  forgetStray: async (context, { apiKey }) => {
    await forgetStray(context.progress, apiKey);
    return false;
  },
  reject: revokeVersion,
  setAside: async (context, { version, stray }) => {
    const { progress, surroundings, inputs } = context;
    progress.recorded = { ...progress.recorded, strays: [...progress.recorded.strays, stray] };
    await removeVersion(context, version);
    surroundings.notice(
      `${inputs.exchange} "${inputs.name}": ${nameOf(stray)}, which an earlier run issued, is not used; it keeps working until ${stray.until}`,
    );
    return true;
  },
  promote: async (context, { version }) => {
    await promote(context, version);
    return false;
  },
  set: async (context, { version }) => {
    await setVersion(context, version);
    await context.surroundings.sleep(context.exchange.adapter.descriptor.propagationMs.value);
    return true;
  },
  revokeExpired: revokeVersion,
  deliver: async (context, { delivery }) => {
    await inVain(context, delivery.url, async () => void (await deliver(context, delivery)));
    return false;
  },
  retire: async (context, { version }) => {
    if (!context.progress.isIncident) await requirePublished(context);
    return await inVain(context, version.apiKey, () => revokeVersion(context, { version }));
  },
  retireStray: async (context, { stray }) => {
    if (!context.progress.isIncident) await requirePublished(context);
    return await inVain(context, stray.apiKey, () => retireStray(context, stray));
  },
  unpublish: async ({ progress, surroundings }, { former }) => {
    await takeDown(former.url, { holder: progress.recorded.sealed.holder, hash: progress.recorded.hash }, surroundings);
    progress.recorded = { ...progress.recorded, former: progress.recorded.former.filter((one) => one.url !== former.url) };
    return false;
  },
  ...REFUSALS,
};

/** Gives a key all that is declared. */
async function setVersion(context: StepContext, version: SealedVersion): Promise<void> {
  const { exchange, inputs, listed } = context;
  const label = listed.find((key) => key.apiKey === version.apiKey)?.label ?? "";
  const { scopes, ipWhitelist } = inputs;
  const days = exchange.adapter.descriptor.lifetimeDays === undefined ? undefined : daysOfVersion(version);
  const lifetime = days === undefined ? {} : { lifetimeDays: days };
  await withPassphrase(managementOf(context), managedVersion(version), async (passphrase) => {
    const own = passphrase === undefined ? {} : { passphrase };
    await exchange.adapter.set(inputs.subAccount, version.apiKey, { label, scopes, ipWhitelist, ...lifetime, ...own });
  });
}

function managementOf({ inputs, exchange, surroundings, ownSeals, progress: { recorded } }: StepContext): Management {
  return { inputs, exchange, surroundings, ownSeals, recorded };
}

/** In an incident one failure keeps nothing else from being ended: it is told when all is tried. */
async function inVain(context: StepContext, what: string, act: () => Promise<boolean | undefined>): Promise<boolean> {
  try {
    return (await act()) ?? false;
  } catch (error) {
    if (!context.progress.isIncident || !(error instanceof KeyError)) throw error;
    context.run.failed.set(what, error);
    return false;
  }
}

async function revokeVersion(context: StepContext, { version }: { readonly version: SealedVersion }): Promise<boolean> {
  await revoke(managementOf(context), managedVersion(version));
  await removeVersion(context, version);
  return true;
}

async function retireStray(context: StepContext, stray: Stray): Promise<boolean> {
  const { progress, inputs, surroundings, exchange } = context;
  // Whose passphrase nobody knows is not ended here, and takes nothing from the budget.
  const isManaged = exchange.adapter.descriptor.passphrase?.value.toManage === true;
  const isFree = stray.lost === true || progress.isIncident;
  const spare = isFree
    ? () => undefined
    : surroundings.beforeEnding({ ...inputs, versions: [nameOf(stray)], stray: stray.apiKey });
  try {
    await revoke(managementOf(context), managedStray(stray));
  } catch (error) {
    if (!isManaged || progress.isIncident || !isKind(error, ...BEYOND_REACH)) throw error;
    spare();
    postpone(context, stray);
    return false;
  }
  await forgetStray(progress, stray.apiKey);
  return true;
}

async function removeVersion({ progress }: StepContext, version: SealedVersion): Promise<void> {
  const { sealed } = progress.recorded;
  await progress.publish(
    withVersions(
      sealed,
      sealed.versions.filter((one) => one.serial !== version.serial),
    ),
  );
}

/** Its serial stays used: bots that saw it refuse a document that shows no higher one. */
async function forgetStray(progress: Progress, apiKey: string): Promise<void> {
  const { strays, sealed } = progress.recorded;
  const used = strays.find((stray) => stray.apiKey === apiKey)?.serial ?? 0;
  progress.recorded = { ...progress.recorded, strays: strays.filter((stray) => stray.apiKey !== apiKey) };
  if (used > sealed.lastSerial) await progress.publish({ ...sealed, lastSerial: used });
}

/** What nobody knows the passphrase of only a person can end. Nothing else waits for that, and they are reminded once a day. */
function postpone({ progress, surroundings, inputs }: StepContext, stray: Stray): void {
  const until = new Date(surroundings.clock.now().getTime() + DAY_MS).toISOString();
  const strays = progress.recorded.strays.map((one) => (one.apiKey === stray.apiKey ? { ...one, until } : one));
  progress.recorded = { ...progress.recorded, strays };
  surroundings.notice(
    `${inputs.exchange} "${inputs.name}": ${nameOf(stray)} still lives, and its passphrase is known nowhere: delete it on the exchange's page. Next reminder after ${until}`,
  );
}

/** The new version becomes current, and the overlap of the old one counts from its confirmed publication. */
async function promote(context: StepContext, version: SealedVersion): Promise<void> {
  const { progress, inputs, surroundings } = context;
  const { sealed } = progress.recorded;
  const until = overlapEnd(surroundings.clock.now(), inputs.rotate).toISOString();
  await narrowSuperseded(context);
  const versions = sealed.versions.map((one): SealedVersion => {
    if (one.serial === version.serial) return { ...one, state: "current" };
    return one.state === "current" ? { ...one, state: "previous", retireAfter: until } : one;
  });
  await progress.publish(withVersions(sealed, versions));
  const { heldSince: _, ...rest } = progress.recorded;
  progress.recorded = rest;
}

/** Scopes that no read shows are set on the version that goes, before its successor is shown: later nothing would tell that it lacks them. */
async function narrowSuperseded(context: StepContext): Promise<void> {
  const { exchange, inputs, progress } = context;
  const unlisted = exchange.adapter.descriptor.unlisted?.value ?? [];
  const current = versionIn(progress.recorded.sealed, "current");
  if (current !== undefined && !sameUnlisted(current, inputs, unlisted)) await setVersion(context, current);
}

/** Nothing is retired before bots can read its successor where they look for it. */
async function requirePublished({ progress, inputs }: StepContext): Promise<void> {
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
