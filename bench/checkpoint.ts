import { readFile } from "node:fs/promises";
import { z } from "zod";

/** The token of our resource in every state: permanent. */
export const KEY_TYPE = "pulumi-nodejs:dynamic/exchange-keys:ApiKey";

// Resources stay as they were parsed: a schema of objects would put their fields in another order.
const checkpointSchema = z.object({
  checkpoint: z.object({ latest: z.object({ resources: z.array(z.custom<{ readonly type: string }>(isTyped)) }) }),
});

function isTyped(value: unknown): boolean {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}

const keySchema = z.looseObject({
  inputs: z.looseObject({ __provider: z.string() }),
  outputs: z.looseObject({
    __provider: z.string(),
    exchange: z.string(),
    sealed: z.looseObject({ versions: z.array(z.unknown()) }),
  }),
});

/** One key as it stands in a checkpoint. */
export interface StoredKey {
  readonly exchange: string;
  readonly versions: number;
  /** What the resource takes in the file, as the CLI wrote it. */
  readonly bytes: number;
  /** The serialised provider, in inputs and outputs alike. */
  readonly closure: string;
}

/** Every ApiKey in a checkpoint of the file backend. @throws Error when the file is written in a way that this does not understand */
export async function readKeys(path: string): Promise<readonly StoredKey[]> {
  const text = await readFile(path, "utf8");
  const { resources } = checkpointSchema.parse(JSON.parse(text)).checkpoint.latest;
  return resources.filter(({ type }) => type === KEY_TYPE).map((resource) => storedKey(resource, text));
}

function storedKey(resource: unknown, text: string): StoredKey {
  const written = JSON.stringify(resource);
  if (!text.includes(written)) throw new Error("the CLI writes checkpoints differently than this bench counts them");
  const { inputs, outputs } = keySchema.parse(resource);
  if (inputs.__provider !== outputs.__provider) throw new Error("inputs and outputs hold different provider code");
  const { exchange, sealed } = outputs;
  return { exchange, versions: sealed.versions.length, bytes: Buffer.byteLength(written), closure: outputs.__provider };
}
