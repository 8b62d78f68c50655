import { newKeyPair } from "../exchanges/key-pair";
import type { Edit } from "./story";
import { ADDRESSES, type Declared, type Subject } from "./subject";

type Change = (subject: Subject, pick: number) => Partial<Declared>;

const CHANGES: Readonly<Record<Edit, Change>> = {
  scopes: ({ scopeSets }, pick) => ({ scopes: chosen(scopeSets, pick) }),
  addresses: (_, pick) => ({
    ipWhitelist: chosen([[ADDRESSES[0]], [ADDRESSES[1]], [ADDRESSES[0], ADDRESSES[1]], [...ADDRESSES]], pick),
  }),
  every: ({ declared }, pick) => ({ rotate: { ...declared.rotate, every: chosen(["20d", "10d"], pick) } }),
  overlap: ({ declared }, pick) => ({ rotate: { ...declared.rotate, overlap: chosen(["24h", "0", "12h"], pick) } }),
  trigger: ({ declared }, pick) => ({ rotate: { ...declared.rotate, trigger: `because of ${pick}` } }),
  bot: ({ key }, pick) => ({ bot: `${key.name}-${pick}` }),
  name: ({ key }, pick) => ({ name: pick === 0 ? key.name : `${key.name}-${pick}` }),
  publish: (subject, pick) => ({ publish: subject.place(pick % 3) }),
  seal: (subject, pick) => ({ seal: subject.sealingKey(pick % 2) }),
  tags: (_, pick) => ({ tags: { look: String(pick) } }),
  // What has no secret cannot be delivered.
  publicKey: (subject) =>
    subject.descriptor.publicKeys === undefined || subject.declared.deliver !== undefined
      ? {}
      : { publicKey: freshPublicKey(subject) },
  // A secret belongs to the key of one name, also for a week after its end.
  deliver: ({ declared }) =>
    declared.publicKey === undefined ? { deliver: `awssm://opened/${declared.name}?region=eu-west-1` } : {},
  // The shortest, so that a month without a run is too long.
  lifetime: ({ descriptor }) => {
    const days = descriptor.lifetimeDays?.value.choices.find((choice) => choice >= 30);
    return days === undefined ? {} : { lifetime: `${days}d` };
  },
  exclusive: () => ({ exclusive: true }),
};

const OPTIONAL: ReadonlySet<Edit> = new Set(["publicKey", "deliver", "lifetime", "tags", "exclusive"]);

/** What the program says of a key from now on. An odd choice takes an optional declaration back. */
export function edit(subject: Subject, what: Edit, pick: number): void {
  // Where keys carry no label it has to be declared.
  const optional = OPTIONAL.has(what) && (what !== "exclusive" || subject.isLabelled);
  const { [what as "tags"]: _, ...without } = subject.declared;
  if (optional && pick % 2 === 1) subject.declared = without as Declared;
  else subject.declared = { ...subject.declared, ...CHANGES[what](subject, pick) };
}

/** As check writes it: PEM without a line's end at its end. */
export function freshPublicKey(subject: Subject): string {
  const { publicKey, privateKey } = newKeyPair();
  subject.privateKeys.push(privateKey);
  return publicKey.trimEnd();
}

function chosen<T>(items: readonly T[], pick: number): T {
  const item = items[pick % items.length];
  if (item === undefined) throw new Error("there is nothing to choose from");
  return item;
}
