import { sameUnlisted } from "../core/as-declared";
import { daysOfVersion } from "../core/lifetime";
import { withoutIntent, withVersions } from "../core/merge";
import { nameOf } from "../core/ownership";
import { versionIn } from "../core/record";
import { overlapEnd } from "../core/schedule";
import type { Step } from "../core/situation";
import type { SealedVersion } from "../seal/document";
import { deliver } from "./deliver";
import { confirmGone } from "./gone";
import { managedIntent, managedVersion, revoke, withPassphrase } from "./passphrase";
import { REFUSALS } from "./refusals";
import {
  forgetStray,
  inVain,
  managementOf,
  removeVersion,
  requirePublished,
  retireStray,
  revokeVersion,
  setAside,
} from "./retire";
import type { StepContext } from "./step-context";
import { takeDown } from "./take-down";

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
    const { gone } = await confirmGone(exchange, inputs.subAccount, { apiKeys, inFull: [], sleep: surroundings.sleep });
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
    const { surroundings, inputs } = context;
    await setAside(context, version, stray);
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
  revokeExpired: (context, step) => inVain(context, step.version.apiKey, () => revokeVersion(context, step)),
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
