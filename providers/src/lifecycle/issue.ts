import { answerTo } from "../core/causes";
import { DAY_MS, isoSeconds } from "../core/duration";
import { isKind, KeyError } from "../core/errors";
import { identityOf, type ScheduledApiKeyInputs } from "../core/inputs";
import { MAX_SERIAL, makeLabel } from "../core/label";
import { chosenDays, lifetimeDays } from "../core/lifetime";
import { withVersions } from "../core/merge";
import { lostKeys, ownershipOf } from "../core/ownership";
import { readPublicKey } from "../core/public-key";
import { Secret } from "../core/secret";
import type { ApiKeyId } from "../core/words";
import type { DeliveredKey } from "../deliver/delivery";
import type { IssuedKey, KeySpec, ListedKey } from "../exchanges/adapter";
import { derivedPassphrase } from "../seal/derived-passphrase";
import type { SealedVersion } from "../seal/document";
import { sealVersion } from "../seal/version";
import { type SealedPassphrase, sealPassphrase } from "./passphrase";
import type { Progress } from "./progress";
import type { Exchange, Surroundings } from "./surroundings";

/** What issuing one version needs. */
export interface IssueContext {
  readonly inputs: ScheduledApiKeyInputs;
  readonly exchange: Exchange;
  readonly progress: Progress;
  readonly surroundings: Surroundings;
  /** Takes what the exchange gives, where a delivery is declared. */
  readonly held: Map<number, DeliveredKey>;
  /** Public ids of what this run issued. */
  readonly run: { readonly issued: Set<ApiKeyId> };
  /** Every key of the sub-account, as the exchange showed them last. */
  readonly listed: readonly ListedKey[];
}

/**
 * Intent → issue → seal → publish as pending. A crash anywhere leaves nothing, a key that the document can open, or a key that its intent
 * names and nobody can open.
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
  progress.requireRoom(inputs.seal);
  const { label: rules, passphrase: form } = exchange.adapter.descriptor;
  const label =
    rules.value === "none" ? "" : makeLabel(progress.recorded.hash, serial, { text: inputs.name, rules: rules.value });
  const at = isoSeconds(surroundings.clock.now());
  const passphrase = passphraseOf(context, serial);
  const lifetime = chosenDays(exchange.adapter.descriptor, inputs.lifetime);
  const spec = {
    label,
    scopes: inputs.scopes,
    ipWhitelist: inputs.ipWhitelist,
    ...(lifetime === undefined ? {} : { lifetimeDays: lifetime }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...publicKeyOf(inputs),
  };
  const apart =
    form?.value.toManage === true && passphrase !== undefined ? await sealApart(context, passphrase, serial) : undefined;
  const document = progress.recorded.sealed;
  const told = label === "" ? { before: context.listed.map((key) => key.apiKey) } : { label };
  const intent = { serial, ...told, at, ...(apart === undefined ? {} : { passphrase: apart }) };
  await progress.publish({ ...document, lastSerial: Math.max(document.lastSerial, serial), intent });
  const issued = await ask(context, spec);
  context.run.issued.add(issued.apiKey);
  const { secret, ...open } = issued;
  if (inputs.deliver !== undefined && secret !== undefined) context.held.set(serial, { ...open, secret });
  const sealed = await sealOrRevoke(context, issued, { serial, at, spec });
  const unbound = inputs.ipWhitelist.length === 0 && exchange.adapter.descriptor.unboundExpiryDays !== undefined;
  const answers = answerTo(inputs.rotate);
  const version: SealedVersion = {
    ...sealed,
    ...(answers === undefined ? {} : { answers }),
    ...(unbound ? { unbound } : {}),
    ...(apart === undefined ? {} : { passphrase: apart.ciphertext }),
  };
  await progress.publish(withVersions(progress.recorded.sealed, [...progress.recorded.sealed.versions, version]));
}

/** One that manages the key follows from the parent's secret, so that it is never lost. Any other is random. */
function passphraseOf({ exchange, progress, surroundings }: IssueContext, serial: number): Secret | undefined {
  const rules = exchange.adapter.descriptor.passphrase?.value;
  if (rules === undefined) return undefined;
  if (!rules.toManage) return new Secret(surroundings.passphrase(rules));
  return derivedPassphrase(exchange.stampKeys[0], { hash: progress.recorded.hash, serial }, rules);
}

/** @throws KeyError `InvalidInput` */
function publicKeyOf({ publicKey, exchange }: ScheduledApiKeyInputs): Pick<KeySpec, "publicKey"> {
  if (publicKey === undefined) return {};
  const key = readPublicKey(publicKey);
  if (!("problem" in key)) return { publicKey: key };
  throw new KeyError({ kind: "InvalidInput", exchange, message: `publicKey ${key.problem}` });
}

function sealApart({ inputs, surroundings }: IssueContext, passphrase: Secret, serial: number): Promise<SealedPassphrase> {
  const owner = { identity: identityOf(inputs), serial };
  return sealPassphrase(passphrase, owner, { surroundings, reference: inputs.seal });
}

/** After a lost answer the key may exist. It is looked up by the intent and revoked, because nobody can open it. */
async function ask(context: IssueContext, spec: KeySpec): Promise<IssuedKey> {
  const { exchange, inputs } = context;
  try {
    return await exchange.adapter.issue(inputs.subAccount, spec);
  } catch (error) {
    if (isKind(error, "OutcomeUnknown", "BadResponse")) await revokeLost(context, spec.passphrase);
    throw spec.publicKey !== undefined && isKind(error, "InvalidInput") ? perhapsTaken(error) : error;
  }
}

/** A public key may be registered once, and a key that neither state nor document knows may have this one. */
function perhapsTaken({ kind, exchange, operation, code }: KeyError): KeyError {
  return new KeyError({
    kind,
    ...(exchange === undefined ? {} : { exchange }),
    ...(operation === undefined ? {} : { operation }),
    ...(code === undefined ? {} : { code }),
    message: "the exchange does not accept the request's values",
    hint: "If the form of the declared publicKey is right, a key that still lives may have it: declare another one, or delete that key on the exchange's page.",
  });
}

async function revokeLost({ exchange, inputs, surroundings, progress }: IssueContext, passphrase?: Secret): Promise<void> {
  await surroundings.sleep(exchange.adapter.descriptor.propagationMs.value);
  const { recorded } = progress;
  const listed = await exchange.fresh(inputs.subAccount, []);
  const ownership = ownershipOf(exchange.adapter.descriptor);
  for (const { apiKey } of lostKeys({ ownership, recorded, listed }, recorded.sealed.intent))
    await exchange.adapter.revoke(inputs.subAccount, apiKey, passphrase);
}

/** Seals at once. What cannot be sealed is revoked again in the same call, because its secret would be lost. */
async function sealOrRevoke(
  context: IssueContext,
  issued: IssuedKey,
  made: { readonly serial: number; readonly at: string; readonly spec: KeySpec },
): Promise<SealedVersion> {
  const { inputs, exchange, surroundings } = context;
  const days = lifetimeDays(exchange.adapter.descriptor, inputs);
  const notAfter = days === undefined ? {} : { notAfter: isoSeconds(new Date(Date.parse(made.at) + days * DAY_MS)) };
  try {
    requireOneSigner(context, issued, made.spec);
    const sealer = surroundings.sealer(inputs.seal);
    return await sealVersion(sealer, {
      identity: identityOf(inputs),
      serial: made.serial,
      apiKey: issued.apiKey,
      scopes: inputs.scopes,
      issuedAt: made.at,
      ...notAfter,
      ...(issued.secret === undefined ? {} : { secret: issued.secret }),
      ...(made.spec.publicKey === undefined ? {} : { fingerprint: made.spec.publicKey.fingerprint }),
      ...(issued.passphrase === undefined ? {} : { passphrase: issued.passphrase }),
    });
  } catch (error) {
    await revokeUnsealed(context, issued);
    throw error;
  }
}

/** A secret beside our public key would be one that nobody asked for, and a key without either one that nobody can use. */
function requireOneSigner({ inputs }: IssueContext, { secret }: IssuedKey, { publicKey }: KeySpec): void {
  if ((secret === undefined) === (publicKey !== undefined)) return;
  const message =
    secret === undefined ? "the answer holds no secret" : "the answer holds a secret, although a public key was to be registered";
  throw new KeyError({
    kind: "BadResponse",
    exchange: inputs.exchange,
    operation: "issue",
    message: `${message}; the key was revoked again`,
  });
}

/** If even that fails, the intent still names the key, and the next run revokes it. The error reports what could not be sealed. */
async function revokeUnsealed({ inputs, exchange, surroundings }: IssueContext, issued: IssuedKey): Promise<void> {
  try {
    await exchange.adapter.revoke(inputs.subAccount, issued.apiKey, issued.passphrase);
  } catch (error) {
    const why = error instanceof KeyError ? error.message : "an internal error";
    surroundings.notice(
      `${inputs.exchange} "${inputs.name}": the key ${issued.apiKey} could be neither sealed nor revoked (${why}); the next up revokes it`,
    );
  }
}
