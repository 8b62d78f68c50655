import { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { type AwsSession, AwsSessions, present } from "../aws-api/session";
import type { SealedDocument } from "../seal/document";
import { MAX_DOCUMENT_BYTES, writeDocument } from "../seal/parse-document";
import { type AwsAct, CHANGED, conflictAt, EXISTS, GONE_BEFORE, requireExpected, storeFailure } from "./aws-failure";
import { type Found, foundIn, readable, type StoredDocument, tooLargeToRead } from "./found";
import type { ObjectPublication } from "./references";
import { requireFits } from "./room";
import type { DocumentStore, StoreSurroundings } from "./store";

const READ: AwsAct = { done: "read", permission: "s3:GetObject" };
const WRITE: AwsAct = { done: "written", permission: "s3:PutObject" };
const REMOVE: AwsAct = { done: "removed", permission: "s3:DeleteObject" };

interface Api {
  readonly sdk: typeof import("@aws-sdk/client-s3");
  readonly client: S3Client;
}

const sessions = new AwsSessions<Api>(async (options) => {
  const sdk = await import("@aws-sdk/client-s3");
  // An emulator has no host name per bucket.
  return { sdk, client: new sdk.S3Client({ ...options, forcePathStyle: options.endpoint !== undefined }) };
});

/** What a read showed. The entity tag is the revision: every write names it, and S3 itself compares. */
interface Seen {
  /** Absent where it is too large to be a document of ours. */
  readonly text?: string;
  readonly revision: string;
}

/** Publishes to an S3 object by conditional writes. Keep versions in the bucket: older documents are then not lost. @throws KeyError `EnvironmentRefused` */
export function openObjectStore(url: string, reference: ObjectPublication, surroundings: StoreSurroundings): DocumentStore {
  const { region } = reference;
  const ask = sessions.at({ ...surroundings, service: "S3", ...(region === undefined ? {} : { region }) });
  return new ObjectStore(url, reference, ask);
}

class ObjectStore implements DocumentStore {
  readonly maxBytes = MAX_DOCUMENT_BYTES;
  private readonly place: { readonly Bucket: string; readonly Key: string };

  constructor(
    readonly url: string,
    { bucket, key }: ObjectPublication,
    private readonly session: AwsSession<Api>,
  ) {
    this.place = { Bucket: bucket, Key: key };
  }

  async read(): Promise<StoredDocument | undefined> {
    return readable(await this.look());
  }

  async look(): Promise<Found | undefined> {
    const seen = await this.get();
    if (seen === undefined) return undefined;
    return seen.text === undefined ? tooLargeToRead(seen.revision) : foundIn(seen.text, seen.revision);
  }

  async write(document: SealedDocument, replaces: string | undefined): Promise<StoredDocument> {
    const text = writeDocument(document);
    requireFits(this, Buffer.byteLength(text));
    const condition = replaces === undefined ? { IfNoneMatch: "*" } : { IfMatch: replaces };
    const input = { ...this.place, Body: text, ContentType: "application/json", ...condition };
    await this.ask(WRITE, async ({ sdk, client }, abortSignal) => {
      await client.send(new sdk.PutObjectCommand(input), { abortSignal }).catch(met);
    });
    const seen = await this.get();
    // A lost answer that was asked for again is refused too, although its first try was taken.
    if (seen?.text === text) return readable(foundIn(text, seen.revision));
    if (seen === undefined) throw conflictAt(this.url, GONE_BEFORE);
    throw conflictAt(this.url, replaces === undefined ? EXISTS : CHANGED);
  }

  async remove(expected: string): Promise<void> {
    const seen = await this.get();
    if (seen === undefined) return;
    requireExpected(this.url, seen.revision, expected);
    await this.ask(REMOVE, async ({ sdk, client }, abortSignal) => {
      await client.send(new sdk.DeleteObjectCommand({ ...this.place, IfMatch: expected }), { abortSignal });
    });
  }

  private async get(): Promise<Seen | undefined> {
    return await this.ask(READ, async ({ sdk, client }, abortSignal) => {
      const answer = await client.send(new sdk.GetObjectCommand(this.place), { abortSignal }).catch(missing);
      if (answer === undefined) return undefined;
      const revision = present(answer.ETag);
      if ((answer.ContentLength ?? 0) <= MAX_DOCUMENT_BYTES)
        return { text: await present(answer.Body).transformToString(), revision };
      // Not read, and not left half-read either: that would keep its connection.
      if (answer.Body instanceof Readable) answer.Body.destroy();
      return { revision };
    });
  }

  private async ask<T>(act: AwsAct, work: (api: Api, abortSignal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await this.session(work);
    } catch (error) {
      throw storeFailure(this.url, act, error);
    }
  }
}

const MET: readonly string[] = ["PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"];

/** Somebody else wrote or removed it, or an earlier try of this write was taken: a read tells which. */
function met(error: unknown): void {
  if (!(error instanceof Error) || !MET.includes(error.name)) throw error;
}

function missing(error: unknown): undefined {
  if (!(error instanceof Error) || error.name !== "NoSuchKey") throw error;
}
