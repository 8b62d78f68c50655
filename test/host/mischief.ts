import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { makeLabel, ownerHash, readLabel } from "../../providers/src/core/label";
import type { ControlClient } from "../../sandbox/control-client";
import type { KeyEdit } from "../../sandbox/control-schema";
import type { LivingKey } from "../../sandbox/exchange";
import type { Standing } from "../../sandbox/standing";
import { EDIT_NAMES, edited, SPOIL_NAMES, STAMPINGS, spoilt } from "../lifecycle/tampering";
import type { Mischief } from "./story";
import { ADDRESSES, type Subject } from "./subject";

const GATE = "wallet,spot,futures,delivery,earn,custody,options,account,loan,margin,unified,copy";

/** A parent key's rights: too few to manage keys, and those that it has at first. */
const PARENTS: Readonly<Record<string, { readonly less: KeyEdit; readonly all: KeyEdit }>> = {
  bybit: { less: { permissions: { Wallet: [] } }, all: { permissions: { Wallet: ["AccountTransfer", "SubMemberTransfer"] } } },
  okx: { less: { perm: "read_only" }, all: { perm: "read_only,trade" } },
  kucoin: { less: { permissions: ["General"] }, all: { permissions: ["General", "Margin", "Futures"] } },
  gate: { less: { permissions: ["spot"] }, all: { permissions: GATE.split(",") } },
  binance: { less: { permissions: [] }, all: { permissions: ["canTrade"] } },
  binancebroker: { less: { permissions: [] }, all: { permissions: ["canTrade"] } },
};

/** The address that the provider calls from, and one that it does not. */
const HERE = "127.0.0.1";
const ELSEWHERE = "127.0.99.9";

/** A serial that no version has come to yet. */
const STRANGE_SERIAL = 700;

interface Scene {
  readonly subject: Subject;
  readonly control: ControlClient;
  readonly pick: number;
}

/** What people and other programs do to a key, its surroundings and what is known of it. */
export const MISCHIEF: Readonly<Record<Mischief, (scene: Scene) => Promise<void>>> = {
  widenKey: (scene) => editPublished(scene, { ips: [...ADDRESSES, "127.0.66.6"] }),
  narrowKey: (scene) => editPublished(scene, { ips: ["127.0.66.6"] }),
  removeKey: async (scene) => remove(scene, (await published(scene))[0]),
  removeStray: async (scene) => {
    const strays = scene.subject.resource.outputs?.strays ?? [];
    await remove(scene, strays[scene.pick % Math.max(1, strays.length)]?.apiKey);
  },
  plantForeign: (scene) => plant(scene, "byhand"),
  plantOurs,
  fillUp,
  freeze: async ({ subject, control }) => {
    // A broker's are not frozen by anybody.
    if (subject.isLabelled) await control.freezeSubAccount(subject.key.exchange, subject.key.subAccount, true);
  },
  disableKey: (scene) => setStanding(scene, "disabled"),
  endKey: (scene) => setStanding(scene, "ended"),
  disableParent: async ({ subject, control }) => void (await control.setStanding(subject.key.exchange, "disabled")),
  endParent: async ({ subject, control }) => void (await control.setStanding(subject.key.exchange, "ended")),
  takeParentsRight: ({ subject, control }) => control.editParent(subject.key.exchange, parentOf(subject).less),
  takeParentsAddress: ({ subject, control }) => control.editParent(subject.key.exchange, { ips: [ELSEWHERE] }),
  loseDocument: ({ subject }) => rm(subject.document, { force: true }),
  oldDocument: async ({ subject, pick }) => {
    const text = subject.documents.at(-1 - pick);
    if (text === undefined) return;
    await mkdir(dirname(subject.document), { recursive: true });
    await writeFile(subject.document, text);
  },
  tamper,
  loseState: async ({ subject }) => {
    const { deployed, resource } = subject;
    // What is declared then is what ran last. Who renames a key at the same time has to tell it apart from another's by hand.
    if (deployed === undefined || resource.outputs?.hash !== ownerHash(deployed)) return;
    subject.declared = deployed;
    subject.resource.kept = undefined;
    subject.states = [];
    subject.documents = [];
  },
  oldState: async ({ subject, pick }) => {
    const old = subject.states.at(-1 - pick);
    if (old !== undefined) subject.resource.kept = old;
  },
};

/** Edits and spoils the published document in every way that the model does. */
async function tamper({ subject, control, pick }: Scene): Promise<void> {
  const text = await readFile(subject.document, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  const { exchange, subAccount } = subject.key;
  const foreign = (await control.keys(exchange)).find((key) => key.subAccount !== subAccount || subject.foreign.has(key.apiKey));
  if (typeof text !== "string" || foreign === undefined) return;
  const hand = { foreign: foreign.apiKey, now: (await control.clock()).now, pick };
  const ways = [...EDIT_NAMES, ...SPOIL_NAMES];
  const way = ways[pick % ways.length] as (typeof SPOIL_NAMES)[number];
  const stamping = STAMPINGS[pick % STAMPINGS.length] ?? "kept";
  const written = SPOIL_NAMES.includes(way) ? spoilt(text, way) : edited(text, way, { hand, stamping });
  // Whoever wants to be believed writes the newest one.
  subject.planted = written.replace(/"seq": ?(\d+)/, (_, seq: string) => `"seq": ${Number(seq) + 10}`);
  await writeFile(subject.document, subject.planted);
}

/** Gives a parent its rights, its address and its good standing back, thaws the sub-account, and enables its keys. */
export async function restore({ subject, control }: Omit<Scene, "pick">): Promise<void> {
  const { exchange, subAccount } = subject.key;
  await control.setStanding(exchange, "good");
  await control.editParent(exchange, { ...parentOf(subject).all, ips: [HERE] });
  for (const { apiKey, standing } of await keysIn(control, subject)) {
    if (standing === "disabled") await control.setStanding(exchange, "good", apiKey);
  }
  if (subject.isLabelled) await control.freezeSubAccount(exchange, subAccount, false);
}

/** What the exchange holds in a key's sub-account. */
export async function keysIn(control: ControlClient, { key }: Subject): Promise<readonly LivingKey[]> {
  return (await control.keys(key.exchange)).filter(({ subAccount }) => subAccount === key.subAccount);
}

/** What a foreign key looks like, so that a change is seen. */
export function portrait({ lastUsedAt: _, usable: __, standing: ___, ...key }: LivingKey): string {
  return JSON.stringify(key);
}

/** A person takes away what somebody made there by hand. */
export async function removeForeign({ subject, control }: Omit<Scene, "pick">): Promise<void> {
  for (const key of await keysIn(control, subject)) {
    if (subject.foreign.delete(key.apiKey)) await control.removeKey(subject.key.exchange, key.apiKey);
  }
}

function parentOf({ key }: Subject): { readonly less: KeyEdit; readonly all: KeyEdit } {
  const parent = PARENTS[key.exchange];
  if (parent === undefined) throw new Error(`nothing is known of a parent's rights at ${key.exchange}`);
  return parent;
}

/** Public ids of published versions that live, one of them first. */
async function published({ subject, control, pick }: Scene): Promise<readonly string[]> {
  const living = await keysIn(control, subject);
  const versions = (subject.published?.versions ?? []).filter(({ apiKey }) => living.some((key) => key.apiKey === apiKey));
  const first = pick % Math.max(1, versions.length);
  return [...versions.slice(first), ...versions.slice(0, first)].map(({ apiKey }) => apiKey);
}

async function editPublished(scene: Scene, edit: KeyEdit): Promise<void> {
  const [apiKey] = await published(scene);
  if (apiKey !== undefined) await scene.control.editKey(scene.subject.key.exchange, apiKey, edit);
}

/** Where keys do not end before their time nothing happens. */
async function setStanding(scene: Scene, standing: Standing): Promise<void> {
  const [apiKey] = await published(scene);
  if (apiKey !== undefined) await scene.control.setStanding(scene.subject.key.exchange, standing, apiKey);
}

async function remove({ subject, control }: Scene, apiKey: string | undefined): Promise<void> {
  const there = (await keysIn(control, subject)).some((key) => key.apiKey === apiKey);
  if (apiKey !== undefined && there) await control.removeKey(subject.key.exchange, apiKey);
}

async function room({ subject, control }: Scene): Promise<number> {
  return subject.descriptor.limits.keysPerSubAccount.value - (await keysIn(control, subject)).length;
}

async function plant(scene: Scene, label: string): Promise<void> {
  const { subject, control } = scene;
  if ((await room(scene)) <= 0) return;
  const { exchange, subAccount } = subject.key;
  const made = await control.addKey(exchange, { subAccount, ...(subject.isLabelled ? { label } : {}), ips: ["127.0.77.7"] });
  if (readLabel(label) === undefined) subject.foreign.set(made.apiKey, portrait(made));
}

/** Under our own label: an orphan, or an impostor. */
async function plantOurs(scene: Scene): Promise<void> {
  const { subject, pick } = scene;
  const { value: rules } = subject.descriptor.label;
  // What nobody knows the passphrase of, nobody but a person can end.
  if (rules === "none" || subject.descriptor.passphrase !== undefined) return;
  await plant(scene, makeLabel(subject.hash, STRANGE_SERIAL + pick, { text: "", rules }));
}

async function fillUp(scene: Scene): Promise<void> {
  const places = await room(scene);
  for (let count = 0; count < places; count += 1) await plant(scene, `fill${count}`);
}
