import { setTimeout as sleep } from "node:timers/promises";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { type AwsSession, AwsSessions, Named, present } from "../aws-api/session";
import type { SealedDocument } from "../seal/document";
import { writeDocument } from "../seal/parse-document";
import { type AwsAct, CHANGED, conflictAt, EXISTS, requireExpected, storeFailure } from "./aws-failure";
import { type Found, foundIn, readable, type StoredDocument } from "./found";
import { contentThatCounts, noteOf, type PastVersion } from "./parameter-history";
import type { ParameterPublication } from "./references";
import { revisionOf } from "./revision";
import { requireFits } from "./room";
import type { DocumentStore, StoreSurroundings } from "./store";
import { inTurn } from "./turns";

const STANDARD_BYTES = 4096;
const ADVANCED_BYTES = 8192;
/** How long reads may lag behind a write. Pauses grow from the first to the last. */
const LAG_PAUSES_MS = [50, 100, 200, 400, 800, 1600] as const;

const READ: AwsAct = { done: "read", permission: "ssm:GetParameter" };
const WRITE: AwsAct = { done: "written", permission: "ssm:PutParameter" };
const COMPARE: AwsAct = { done: "written", permission: "ssm:GetParameterHistory" };
const REMOVE: AwsAct = { done: "removed", permission: "ssm:DeleteParameter" };

interface Api {
  readonly sdk: typeof import("@aws-sdk/client-ssm");
  readonly client: SSMClient;
}

const sessions = new AwsSessions<Api>(async (options) => {
  const sdk = await import("@aws-sdk/client-ssm");
  return { sdk, client: new sdk.SSMClient(options) };
});

/** What a read showed. */
interface Seen {
  readonly version: number;
  readonly text: string;
}

/** The highest version of each parameter that this process has seen: a read that shows less is late. */
const highest = new Map<string, number>();
/** Parameters of which was said that they need the advanced tier. */
const said = new Set<string>();

/**
 * Publishes to a parameter of type String: a document holds ciphertext only, and a SecureString would ask bots for the right to a second
 * key.
 *
 * Parameter Store has no conditional write. So each write notes what it meant to replace. If its version does not follow the version that
 * it had read, the history shows which write counts. That one is put back if need be.
 * @throws KeyError `EnvironmentRefused`
 */
export function openParameterStore(url: string, reference: ParameterPublication, surroundings: StoreSurroundings): DocumentStore {
  const { region } = reference;
  const ask = sessions.at({ ...surroundings, service: "SSM", ...(region === undefined ? {} : { region }) });
  return new ParameterStore(url, { reference, ask, notice: surroundings.notice });
}

interface Access {
  readonly reference: ParameterPublication;
  readonly ask: AwsSession<Api>;
  readonly notice: ((text: string) => void) | undefined;
}

class ParameterStore implements DocumentStore {
  readonly maxBytes: number;
  private readonly name: string;

  constructor(
    readonly url: string,
    private readonly access: Access,
  ) {
    this.name = access.reference.name;
    this.maxBytes = access.reference.tier === "standard" ? STANDARD_BYTES : ADVANCED_BYTES;
  }

  async read(): Promise<StoredDocument | undefined> {
    return readable(await this.look());
  }

  async look(): Promise<Found | undefined> {
    const seen = await this.see(highest.get(this.url) ?? 0);
    return seen === undefined ? undefined : foundIn(seen.text, revisionOf(seen.text));
  }

  write(document: SealedDocument, replaces: string | undefined): Promise<StoredDocument> {
    const text = writeDocument(document);
    return inTurn(this.url, async () => {
      requireFits(this, Buffer.byteLength(text));
      const before = await this.see(highest.get(this.url) ?? 0);
      requireExpected(this.url, before && revisionOf(before.text), replaces);
      const version = await this.put(text, before);
      const seen = await this.see(version);
      if ((seen?.version ?? 0) < version) throw storeFailure(this.url, WRITE, new Named("NotShown"));
      if (version === (before?.version ?? 0) + 1 && seen?.version === version && seen.text === text) return stored(text);
      if ((await this.settle(before, version)) === text) return stored(text);
      throw conflictAt(this.url, CHANGED);
    });
  }

  remove(expected: string): Promise<void> {
    return inTurn(this.url, async () => {
      const seen = await this.see(highest.get(this.url) ?? 0);
      if (seen === undefined) return;
      requireExpected(this.url, revisionOf(seen.text), expected);
      await this.ask(REMOVE, async ({ sdk, client }, abortSignal) => {
        await client.send(new sdk.DeleteParameterCommand({ Name: this.name }), { abortSignal }).catch(missing);
      });
      highest.delete(this.url);
    });
  }

  /** What is there. Read again for a while as long as it is older than a version that is known to exist. */
  private async see(atLeast: number): Promise<Seen | undefined> {
    let seen = await this.get();
    for (const pause of LAG_PAUSES_MS) {
      if ((seen?.version ?? 0) >= atLeast) break;
      await sleep(pause);
      seen = await this.get();
    }
    if (seen === undefined) highest.delete(this.url);
    else highest.set(this.url, seen.version);
    return seen;
  }

  private async get(): Promise<Seen | undefined> {
    const parameter = await this.ask(READ, async ({ sdk, client }, abortSignal) => {
      const answer = await client.send(new sdk.GetParameterCommand({ Name: this.name }), { abortSignal }).catch(missing);
      return answer === undefined ? undefined : present(answer.Parameter);
    });
    if (parameter === undefined) return undefined;
    if (parameter.Type !== "String") throw storeFailure(this.url, READ, new Named("NoString"));
    return { version: parameter.Version ?? 0, text: parameter.Value ?? "" };
  }

  /** @returns the version that this write made */
  private async put(text: string, before: Seen | undefined): Promise<number> {
    const Tier = this.tierFor(Buffer.byteLength(text));
    const Description = noteOf(before && revisionOf(before.text));
    const input = { Name: this.name, Value: text, Description, Tier, Overwrite: before !== undefined } as const;
    const version = await this.ask(WRITE, async ({ sdk, client }, abortSignal) => {
      const sent = client.send(new sdk.PutParameterCommand({ ...input, Type: "String", DataType: "text" }), { abortSignal });
      return (await sent.catch(there))?.Version;
    });
    if (version !== undefined) return version;
    // A lost answer that was asked for again, or another writer.
    const seen = await this.see(1);
    if (seen?.text !== text) throw conflictAt(this.url, EXISTS);
    return seen.version;
  }

  private tierFor(bytes: number): "Standard" | "Advanced" | "Intelligent-Tiering" {
    const { reference, notice } = this.access;
    if (reference.tier === "standard") return "Standard";
    if (reference.tier === "advanced") return "Advanced";
    // Keeps a parameter advanced that became so before: it cannot go back.
    if (bytes <= STANDARD_BYTES) return "Intelligent-Tiering";
    if (!said.has(this.url)) {
      notice?.(
        `${this.url}: the document takes ${bytes} bytes, more than the ${STANDARD_BYTES} of a standard parameter: the ADVANCED tier ` +
          "is used, which AWS charges for and which a parameter keeps",
      );
    }
    said.add(this.url);
    return "Advanced";
  }

  /** Makes the parameter hold what counts, after writers have met. @returns what counts */
  private async settle(before: Seen | undefined, written: number): Promise<string | undefined> {
    const since = before?.version ?? 0;
    const later = (await this.history(written)).filter(({ version }) => version > since);
    const counts = contentThatCounts(before?.text, later);
    const shown = later.at(-1);
    if (counts !== undefined && shown !== undefined && shown.text !== counts) await this.put(counts, shown);
    return counts;
  }

  private async history(atLeast: number): Promise<readonly PastVersion[]> {
    let versions = await this.pages();
    for (const pause of LAG_PAUSES_MS) {
      if ((versions.at(-1)?.version ?? 0) >= atLeast) break;
      await sleep(pause);
      versions = await this.pages();
    }
    return versions;
  }

  private async pages(): Promise<readonly PastVersion[]> {
    const found: PastVersion[] = [];
    let token: string | undefined;
    do {
      const from = token === undefined ? {} : { NextToken: token };
      const page = await this.ask(COMPARE, async ({ sdk, client }, abortSignal) =>
        client.send(new sdk.GetParameterHistoryCommand({ Name: this.name, MaxResults: 50, ...from }), { abortSignal }),
      );
      for (const { Version: version = 0, Value: text = "", Description: note = "" } of page.Parameters ?? []) {
        found.push({ version, text, note });
      }
      token = page.NextToken;
    } while (token !== undefined);
    return found.sort((one, other) => one.version - other.version);
  }

  private async ask<T>(act: AwsAct, work: (api: Api, abortSignal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await this.access.ask(work);
    } catch (error) {
      throw storeFailure(this.url, act, error);
    }
  }
}

function stored(text: string): StoredDocument {
  return readable(foundIn(text, revisionOf(text)));
}

function missing(error: unknown): undefined {
  if (!(error instanceof Error) || error.name !== "ParameterNotFound") throw error;
}

function there(error: unknown): undefined {
  if (!(error instanceof Error) || error.name !== "ParameterAlreadyExists") throw error;
}
