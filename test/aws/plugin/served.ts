import type { EC2Client } from "@aws-sdk/client-ec2";
import type { IAMClient } from "@aws-sdk/client-iam";
import type { KMSClient } from "@aws-sdk/client-kms";
import { z } from "zod";

export type Properties = Readonly<Record<string, unknown>>;

/** The services, each opened on first use: a preview opens none. */
export interface Cloud {
  readonly ec2: EC2Client;
  readonly kms: KMSClient;
  readonly iam: IAMClient;
}

/** What a call made: its id, and the outputs that are not inputs. */
export interface Made {
  readonly id: string;
  readonly outputs: Properties;
}

/** What there is of a resource: `I` are its inputs. */
export interface Existing<I> {
  readonly id: string;
  readonly inputs: I;
  /** As `create` returned them. */
  readonly outputs: Properties;
}

/** How one resource type is served: inputs and outputs are called as in `@pulumi/aws`, and each method is calls of the AWS SDK. */
interface Serving<S extends z.ZodType> {
  /** Every input that is served. Another one fails the run: what is ignored here could not be relied on there. */
  readonly inputs: S;
  /** Inputs that change in place; another one that changes makes a new resource. */
  readonly inPlace?: readonly string[];
  /** @param name for what has no name of its own */
  create(cloud: Cloud, inputs: z.output<S>, name: string): Promise<Made>;
  /** @returns the outputs that are others now */
  update?(cloud: Cloud, was: Existing<z.output<S>>, inputs: z.output<S>): Promise<Properties>;
  remove(cloud: Cloud, was: Existing<z.output<S>>): Promise<void>;
  /** Whether AWS still has it. Only what can be gone unnoticed is looked for. */
  exists?(cloud: Cloud, was: Existing<z.output<S>>): Promise<boolean>;
}

/** A type with its inputs checked before each use. */
export interface Served {
  readonly inPlace: readonly string[];
  /** What is wrong with the inputs, by property. */
  problems(inputs: Properties): readonly { readonly property: string; readonly reason: string }[];
  create(cloud: Cloud, inputs: Properties, name: string): Promise<Made>;
  /** @returns all outputs afterwards */
  update(cloud: Cloud, was: Existing<Properties>, inputs: Properties): Promise<Properties>;
  remove(cloud: Cloud, was: Existing<Properties>): Promise<void>;
  exists(cloud: Cloud, was: Existing<Properties>): Promise<boolean>;
}

export function served<S extends z.ZodType>(serving: Serving<S>): Served {
  const { inputs: schema, inPlace = [], create, update, remove, exists } = serving;
  const typed = ({ id, inputs, outputs }: Existing<Properties>) => ({ id, inputs: schema.parse(inputs), outputs });
  return {
    inPlace,
    problems: (inputs) => {
      const issues = schema.safeParse(inputs).error?.issues ?? [];
      return issues.map(({ path, message }) => ({ property: path.map(String).join("."), reason: message }));
    },
    create: (cloud, inputs, name) => create(cloud, schema.parse(inputs), name),
    update: async (cloud, was, inputs) => {
      const changed = await update?.(cloud, typed(was), schema.parse(inputs));
      return { ...was.outputs, ...changed };
    },
    remove: (cloud, was) => remove(cloud, typed(was)),
    exists: async (cloud, was) => (exists === undefined ? true : await exists(cloud, typed(was))),
  };
}

/** The inputs of a type, with those that every type has. */
export function inputsOf<T extends z.ZodRawShape>(shape: T) {
  return z.strictObject({ ...shape, region: z.string().optional() });
}

export const tags = z.record(z.string(), z.string()).optional();

/** A policy as text, however it was declared. */
export const policy = z.union([z.string(), z.looseObject({}).transform((found) => JSON.stringify(found))]);

/** What AWS must have answered. @throws Error naming it when it did not */
export function answered<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`AWS answered without ${what}`);
  return value;
}

/** Whether a call finds what it asks for. */
export async function isFound(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (error instanceof Error && /NotFound|NoSuchEntity/.test(error.name)) return false;
    throw error;
  }
}

/** For what is removed: it may be gone already. */
export async function unlessGone(call: () => Promise<unknown>): Promise<void> {
  await isFound(call);
}
