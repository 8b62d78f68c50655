import { isKind, KeyError } from "../core/errors";
import type { ScheduledApiKeyInputs } from "../core/inputs";
import { identityOf } from "../core/inputs";
import { MAX_SERIAL, makeLabel, readLabel } from "../core/label";
import { withVersions } from "../core/merge";
import { Secret } from "../core/secret";
import type { IssuedKey, KeySpec } from "../exchanges/adapter";
import type { SealedVersion } from "../seal/document";
import { sealVersion } from "../seal/version";
import type { Progress } from "./progress";
import type { Exchange, Surroundings } from "./surroundings";

/** What issuing one version needs. */
export interface IssueContext {
  readonly inputs: ScheduledApiKeyInputs;
  readonly exchange: Exchange;
  readonly progress: Progress;
  readonly surroundings: Surroundings;
}

/**
 * Intent → issue → seal → publish as pending. A crash anywhere leaves either nothing, or a key that the document can open, or a key
 * that the document's intent names and nobody can open.
 */
export async function issueVersion(context: IssueContext, serial: number): Promise<void> {
  const { progress, inputs, surroundings, exchange } = context;
  if (serial > MAX_SERIAL) {
    throw new KeyError({
      kind: "LimitReached",
      exchange: inputs.exchange,
      message: "the label has no serial left for this key",
      hint: "Rename the key.",
    });
  }
  const rules = exchange.adapter.descriptor.label.value;
  const label = makeLabel(progress.recorded.hash, serial, { text: inputs.name, rules });
  const at = surroundings.clock.now().toISOString();
  const document = progress.recorded.sealed;
  await progress.publish({ ...document, lastSerial: Math.max(document.lastSerial, serial), intent: { serial, label, at } });
  const issued = await ask(context, specOf(context, label));
  const version = await sealOrRevoke(context, issued, { serial, at });
  await progress.publish(withVersions(progress.recorded.sealed, [...progress.recorded.sealed.versions, version]));
}

function specOf(context: IssueContext, label: string): KeySpec {
  const { inputs, surroundings, exchange } = context;
  const rules = exchange.adapter.descriptor.passphrase?.value;
  const passphrase = rules === undefined ? {} : { passphrase: new Secret(surroundings.passphrase(rules)) };
  return { label, scopes: inputs.scopes, ipWhitelist: inputs.ipWhitelist, ...passphrase };
}

/** After a lost answer the key may exist; it is looked up by its label and revoked, because nobody can open it. */
async function ask(context: IssueContext, spec: KeySpec): Promise<IssuedKey> {
  const { exchange, inputs } = context;
  try {
    return await exchange.adapter.issue(inputs.subAccount, spec);
  } catch (error) {
    if (isKind(error, "OutcomeUnknown", "BadResponse")) await revokeLost(context, spec.label);
    throw error;
  }
}

async function revokeLost(context: IssueContext, label: string): Promise<void> {
  const { exchange, inputs, surroundings } = context;
  await surroundings.sleep(exchange.adapter.descriptor.propagationMs.value);
  const wanted = readLabel(label);
  const listed = await exchange.fresh(inputs.subAccount);
  const lost = listed.filter((key) => {
    const found = readLabel(key.label);
    return found !== undefined && found.hash === wanted?.hash && found.serial === wanted.serial;
  });
  for (const key of lost) await exchange.adapter.revoke(inputs.subAccount, key.apiKey);
}

/** Seals at once. What cannot be sealed is revoked again in the same call, because its secret would be lost. */
async function sealOrRevoke(
  context: IssueContext,
  issued: IssuedKey,
  made: { readonly serial: number; readonly at: string },
): Promise<SealedVersion> {
  const { inputs, exchange, surroundings } = context;
  const days = inputs.ipWhitelist.length === 0 ? exchange.adapter.descriptor.unboundExpiryDays?.value : undefined;
  const notAfter = days === undefined ? {} : { notAfter: new Date(Date.parse(made.at) + days * 86_400_000).toISOString() };
  try {
    const sealer = surroundings.sealer(inputs.seal);
    return await sealVersion(sealer, {
      identity: identityOf(inputs),
      serial: made.serial,
      apiKey: issued.apiKey,
      scopes: inputs.scopes,
      issuedAt: made.at,
      ...notAfter,
      secret: issued.secret,
      ...(issued.passphrase === undefined ? {} : { passphrase: issued.passphrase }),
    });
  } catch (error) {
    await exchange.adapter.revoke(inputs.subAccount, issued.apiKey);
    throw error;
  }
}
