import { readFile } from "node:fs/promises";
import { callSandbox } from "../../harness/call-sandbox";
import { openKey } from "../../providers/src/client";
import { ERROR_KINDS } from "../../providers/src/core/errors";
import { identityOf } from "../../providers/src/core/inputs";
import { readLabel } from "../../providers/src/core/label";
import type { SealedDocument, SealedVersion } from "../../providers/src/seal/document";
import type { ControlClient } from "../../sandbox/control-client";
import type { LivingKey } from "../../sandbox/exchange";
import type { StartedSandbox } from "../../sandbox/start";
import { keysIn, portrait } from "./mischief";
import type { Ending } from "./resource";
import type { Subject } from "./subject";

/** Which exchange and operation, the kind, what happened. */
const TYPED = new RegExp(`^(?:[a-z]+(?: [A-Za-z]+)*(?: "[^"]+")?: )?(${ERROR_KINDS.join("|")}): `);

/** Of a typed error. */
export function kindOf(text: string): string {
  return TYPED.exec(text)?.[1] ?? "none";
}

/** Refused as it should be: a person asks for a rotation while the last one has its overlap. */
const TOO_EARLY = "rotate.trigger: is blocked (RotationBlocked)";

/** All keys there are at one time, in milliseconds of the exchanges' clock. */
export interface Sight {
  readonly keys: readonly LivingKey[];
  readonly now: number;
}

export async function sightOf(control: ControlClient): Promise<Sight> {
  return { keys: await control.keys(), now: Date.parse((await control.clock()).now) };
}

/** What is disabled may be enabled again. */
function livingIn(keys: readonly LivingKey[]): ReadonlySet<string> {
  return new Set(keys.filter(({ usable, standing }) => usable || standing === "disabled").map(({ apiKey }) => apiKey));
}

/** What no run may do to one key, whatever happens to it. Every method answers with what is wrong, in plain words. */
export class Judge {
  /** Versions that bots may hold, and that lived before the run. */
  #held: readonly SealedVersion[] = [];

  constructor(
    private readonly subject: Subject,
    private readonly sandbox: StartedSandbox,
  ) {}

  /** Before a run: what lives now has to live after it. */
  look({ keys, now }: Sight): void {
    this.subject.resource.vanished = false;
    const living = livingIn(this.#mine(keys));
    this.#held = (this.subject.published?.versions ?? []).filter(
      ({ apiKey, state, retireAfter, notAfter }) =>
        living.has(apiKey) &&
        state !== "pending" &&
        // A clock that is wrong by a minute may be over it.
        (retireAfter === undefined || Date.parse(retireAfter) > now + 60_000) &&
        (notAfter === undefined || Date.parse(notAfter) > now + 60_000),
    );
  }

  /** After a run that was not to delete the key. */
  async afterRun(ending: Ending): Promise<readonly string[]> {
    const mine = await this.#keys();
    const problems = [...this.endingProblems(ending), ...this.#foreignProblems(mine)];
    if (this.subject.resource.vanished && this.#held.length > 0) problems.push("it was taken for gone, and lived");
    const [living, document] = [livingIn(mine), await this.document()];
    const atOnce = this.subject.declared.rotate.overlap === "0";
    for (const { apiKey, serial, state } of atOnce ? [] : this.#held) {
      if (!living.has(apiKey)) problems.push(`${state} version ${serial} was revoked while bots held it`);
    }
    const current = versionOf(document, "current");
    const known = this.#held.some(({ apiKey }) => apiKey === current?.apiKey);
    if (current !== undefined && ending.how === "done" && !known && !living.has(current.apiKey) && this.#isNew(current)) {
      problems.push(`version ${current.serial} was published, and does not live`);
    }
    return problems;
  }

  /** When nothing has disturbed a key for longer than its overlap. */
  async whenSettled(): Promise<readonly string[]> {
    const mine = await this.#keys();
    const problems = this.#foreignProblems(mine);
    const { subject } = this;
    const document = await this.document();
    const current = versionOf(document, "current");
    if (current === undefined) return [...problems, "nothing is published"];
    const ours = mine.filter(({ apiKey }) => !subject.foreign.has(apiKey));
    const strays = new Set((subject.resource.outputs?.strays ?? []).map(({ apiKey }) => apiKey));
    // What nobody knows the passphrase of cannot be ended here: it stays on record.
    const hopeless = (apiKey: string): boolean => subject.descriptor.passphrase !== undefined && strays.has(apiKey);
    const now = await this.#now();
    const valid =
      document?.versions.filter(({ retireAfter }) => retireAfter === undefined || Date.parse(retireAfter) > now) ?? [];
    const known = new Set(valid.map(({ apiKey }) => apiKey));
    const others = ours.filter(({ apiKey, label }) => {
      const mine = !subject.isLabelled || readLabel(label)?.hash === subject.hash;
      return mine && !known.has(apiKey) && !hopeless(apiKey);
    });
    for (const { label } of others) problems.push(`an orphan or a twin lives: "${label}"`);
    const key = ours.find(({ apiKey }) => apiKey === current.apiKey);
    if (key === undefined) return [...problems, `published version ${current.serial} does not live`];
    if ([...key.ips].sort().join() !== [...subject.declared.ipWhitelist].sort().join()) {
      problems.push(`the key lets ${key.ips.join()} in, and not what is declared`);
    }
    return [...problems, ...(await this.#botProblems())];
  }

  /** What the provider published. */
  async document(): Promise<SealedDocument | undefined> {
    const text = await readFile(this.subject.document, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
    return typeof text === "string" && text !== this.subject.planted ? (JSON.parse(text) as SealedDocument) : undefined;
  }

  /** Errors have a kind. */
  endingProblems(ending: Ending): readonly string[] {
    if (ending.how === "refused" && !ending.why.startsWith(TOO_EARLY)) return [`check refused what is valid: ${ending.why}`];
    return ending.how === "failed" && !TYPED.test(ending.why) ? [`an error has no kind: ${ending.why}`] : [];
  }

  /** In a sub-account that is declared exclusive there are no keys of others. */
  #foreignProblems(mine: readonly LivingKey[]): string[] {
    if (!this.subject.isLabelled) return [];
    const keys = new Map(mine.map((key) => [key.apiKey, portrait(key)]));
    return [...this.subject.foreign].flatMap(([apiKey, before]) =>
      keys.get(apiKey) === before ? [] : [`somebody else's key was changed: ${before} became ${keys.get(apiKey) ?? "nothing"}`],
    );
  }

  #isNew({ serial }: SealedVersion): boolean {
    return serial > (this.subject.published?.lastSerial ?? 0);
  }

  /** Milliseconds of the exchanges' clock. */
  async #now(): Promise<number> {
    return Date.parse((await this.sandbox.control.clock()).now);
  }

  async #keys(): Promise<readonly LivingKey[]> {
    return await keysIn(this.sandbox.control, this.subject);
  }

  #mine(keys: readonly LivingKey[]): readonly LivingKey[] {
    const { exchange, subAccount } = this.subject.key;
    return keys.filter((key) => key.exchange === exchange && key.subAccount === subAccount);
  }

  async #botProblems(): Promise<readonly string[]> {
    const { declared, key, privateKeys, document } = this.subject;
    const now = await this.#now();
    const own = declared.publicKey === undefined ? {} : { privateKey: privateKeys };
    const wanted = { document, expect: identityOf(declared), environment: "sandbox", now: () => new Date(now) } as const;
    const opened = await openKey({ ...wanted, ...own }).catch((error: Error) => error);
    if (opened instanceof Error) return [`the bot cannot open its document: ${opened.message}`];
    const from = declared.ipWhitelist[0] ?? "";
    const answer = await callSandbox(this.sandbox, { exchange: key.exchange, credentials: opened, from });
    return answer === "accepted" ? [] : [`the bot is refused: ${answer}`];
  }
}

function versionOf(document: SealedDocument | undefined, state: SealedVersion["state"]): SealedVersion | undefined {
  return document?.versions.find((version) => version.state === state);
}
