import type { SealedVersion } from "../seal/document";
import { isRecent, lostKeys, serialOf, unknownKeys } from "./ownership";
import type { Stray, StrayPassphrase } from "./record";
import { overlapEnd } from "./schedule";
import type { ListedKey, Situation, Step } from "./situation";

/** How many serials above the last one a document that nobody believes may claim for a key without a label. */
const CLAIMABLE_SERIALS = 2;

/** Keys of ours that nothing recorded names become strays, and strays that are gone are forgotten. */
export function strayRepairs(situation: Situation): readonly Step[] {
  const { recorded, listed } = situation;
  const lost = revocableKeys(situation);
  const found = unknownKeys(situation).map(
    (key): Step =>
      lost.includes(key) ? { do: "revokeLost", apiKey: key.apiKey } : { do: "recordStray", stray: strayFound(key, situation) },
  );
  const living = new Set(listed.map(({ apiKey }) => apiKey));
  const gone = recorded.strays.filter(({ apiKey }) => !living.has(apiKey));
  return [...found, ...gone.map((stray): Step => ({ do: "forgetStray", apiKey: stray.apiKey }))];
}

/** A version as a stray: it keeps working for an overlap, and its passphrase goes with it. */
export function strayOf(version: SealedVersion, situation: Pick<Situation, "inputs" | "now">): Stray {
  const { apiKey, serial, key, passphrase, identity } = version;
  const sealed: StrayPassphrase | undefined =
    passphrase === undefined
      ? undefined
      : { key, ciphertext: passphrase, serial, ...(identity === undefined ? {} : { identity }) };
  return { apiKey, serial, until: untilOf(situation), ...(sealed === undefined ? {} : { passphrase: sealed }) };
}

/**
 * Keys that an intent names are revoked at once if they were certainly never published. That is so if state recorded the intent when its
 * run was over. So are those of the bot's own key pair, because no other can be made with it while they live. An old intent certifies
 * nothing.
 */
function revocableKeys(situation: Situation): readonly ListedKey[] {
  const { inputs, recorded, run, now } = situation;
  const isCertain = run.isIntentRecorded || inputs.publicKey !== undefined;
  return isCertain && isRecent(recorded.sealed.intent, now) ? namedByIntent(situation) : [];
}

/** A key that the intent names was lost with its answer: nobody can open it. Bots may hold any other. */
function strayFound(key: ListedKey, situation: Situation): Stray {
  const { recorded, run } = situation;
  const isLost = namedByIntent(situation).includes(key);
  const serial = serialOf(key, recorded.hash) ?? claimedSerial(key, situation);
  const passphrase = isLost ? intendedPassphrase(situation) : hintedPassphrase(key, serial, situation);
  return {
    apiKey: key.apiKey,
    ...(serial === undefined ? {} : { serial }),
    until: untilOf(situation),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(isLost ? { lost: true } : {}),
    ...(run.isHidden && !isLost ? { hidden: true } : {}),
  };
}

function untilOf({ inputs, now }: Pick<Situation, "inputs" | "now">): string {
  return overlapEnd(now, inputs.rotate).toISOString();
}

function namedByIntent(situation: Situation): readonly ListedKey[] {
  const { intent } = situation.recorded.sealed;
  return situation.ownership === "label" || isRecent(intent, situation.now) ? lostKeys(situation, intent) : [];
}

function intendedPassphrase({ recorded }: Situation): StrayPassphrase | undefined {
  const { intent } = recorded.sealed;
  if (intent?.passphrase === undefined) return undefined;
  const { serial, identity } = intent;
  return { ...intent.passphrase, serial, ...(identity === undefined ? {} : { identity }) };
}

/** Where keys carry no label, a document's word is all that tells a key's serial. A forged one can burn no more than a few. */
function claimedSerial(key: ListedKey, { recorded, ownership, run }: Situation): number | undefined {
  if (ownership === "label") return undefined;
  const serial = run.hints.find(({ apiKey }) => apiKey === key.apiKey)?.serial;
  return serial !== undefined && serial <= recorded.sealed.lastSerial + CLAIMABLE_SERIALS ? serial : undefined;
}

function hintedPassphrase(key: ListedKey, serial: number | undefined, { run }: Situation): StrayPassphrase | undefined {
  const byId = run.hints.find(({ apiKey }) => apiKey === key.apiKey);
  return (byId ?? run.hints.find((hint) => hint.apiKey === undefined && hint.serial === serial))?.passphrase;
}
