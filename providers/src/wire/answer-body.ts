import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw, constants as zlib } from "node:zlib";

/** Names in lower case. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** An answer that came, and cannot be read. */
export class Undecodable extends Error {}

/** An exchange needs one. Each multiplies what a few bytes can become. */
const MAX_ENCODINGS = 2;

export interface DecodeLimits {
  /** Bytes that each layer may decode to. */
  readonly limit: number;
  /** Ends the decoding wherever it is. */
  readonly signal: AbortSignal;
}

/**
 * The text of an answer's bytes, out of every encoding that its headers name.
 * @throws Undecodable, or the signal's reason
 */
export async function decoded(bytes: Buffer, headers: AnswerHeaders, { limit, signal }: DecodeLimits): Promise<string> {
  let layer = bytes;
  for (const encoding of encodingsOf(headers).reverse()) {
    layer = await unlessAborted(decodeOne(layer, encoding, limit), signal);
  }
  signal.throwIfAborted();
  return new TextDecoder().decode(layer);
}

function encodingsOf(headers: AnswerHeaders): string[] {
  const named = [headers["content-encoding"] ?? ""].flat().join(",").toLowerCase().split(",");
  const encodings = named.map((name) => name.trim()).filter((name) => name !== "" && name !== "identity");
  if (encodings.length > MAX_ENCODINGS) throw new Undecodable("the exchange encoded its answer too many times");
  return encodings;
}

/** Forgives an end that is cut off, as every browser does: whether the text is whole, its reader sees. */
async function decodeOne(bytes: Buffer, encoding: string, maxOutputLength: number): Promise<Buffer> {
  const options = { maxOutputLength, finishFlush: zlib.Z_SYNC_FLUSH };
  try {
    switch (encoding) {
      case "gzip":
      case "x-gzip":
        return await promisify(gunzip)(bytes, options);
      case "deflate":
        return await promisify(isZlib(bytes) ? inflate : inflateRaw)(bytes, options);
      case "br":
        return await promisify(brotliDecompress)(bytes, { maxOutputLength, finishFlush: zlib.BROTLI_OPERATION_FLUSH });
    }
  } catch (error) {
    const large = (error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE";
    throw new Undecodable(
      large ? "the exchange's answer is larger than any answer about keys" : "the exchange's answer cannot be decoded",
    );
  }
  throw new Undecodable("the exchange encoded its answer in a way that nobody asked for");
}

/** Some servers leave out the frame around what they call deflate. */
function isZlib(bytes: Buffer): boolean {
  return ((bytes[0] ?? 0) & 0x0f) === 0x08;
}

async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  let stop: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener("abort", stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener("abort", stop);
  }
}
