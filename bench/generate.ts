import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { DynamicHost, type Properties } from "../harness/dynamic-host";
import type { Subject } from "./acts";
import { KEY_TYPE } from "./checkpoint";
import { sandboxConfig } from "./sandbox-stack";
import { placeOf } from "./spread";

/** Keys that are made at a time. */
const AT_ONCE = 16;

const resourceSchema = z.looseObject({
  urn: z.string(),
  type: z.string(),
  inputs: z.record(z.string(), z.unknown()).default({}),
});
const exported = z.looseObject({ deployment: z.looseObject({ resources: z.array(resourceSchema) }) });
type Resource = z.output<typeof resourceSchema>;

/**
 * Gives a stack all its resources, and only two of them by the engine: it writes the whole state at each step, so that a first
 * `up` of a thousand takes an hour. Keys are made by the provider's own host, as the engine would ask for them.
 * @param names of all its resources
 */
export async function generate(subject: Subject, names: readonly string[]): Promise<void> {
  const { stack, bare } = subject;
  await subject.resize(2);
  await stack.up();
  await subject.resize(names.length);
  const file = join(stack.options.backend, "generated.json");
  await stack.must("stack", "export", "--file", file);
  const state = exported.parse(JSON.parse(await readFile(file, "utf8")));
  const { resources } = state.deployment;
  const [first = "", second = ""] = names;
  const templates = [first, second].map((name) => resources.find(({ urn }) => urn.endsWith(`::${name}`)));
  const missing = names.slice(2).map((name, index) => ({ name, index: index + 2, template: templates[index % 2] }));
  const make = bare ? renamed : await keyMaker(subject, first);
  try {
    for (let from = 0; from < missing.length; from += AT_ONCE) {
      resources.push(...(await Promise.all(missing.slice(from, from + AT_ONCE).map((one) => make(one)))));
    }
  } finally {
    await make.end?.();
  }
  await writeFile(file, JSON.stringify(state));
  await stack.must("stack", "import", "--file", file);
}

interface Missing {
  readonly name: string;
  readonly index: number;
  readonly template: Resource | undefined;
}

interface Maker {
  (missing: Missing): Promise<Resource>;
  end?(): Promise<void>;
}

/** A bare resource has its name in its id, inputs and outputs. */
const renamed: Maker = async ({ name, template }) => {
  const old = template?.urn.split("::").at(-1) ?? "";
  return resourceSchema.parse(JSON.parse(JSON.stringify(template).replaceAll(old, name)));
};

async function keyMaker({ stack }: Subject, first: string): Promise<Maker> {
  const { config } = await sandboxConfig();
  const texts = Object.entries(config).map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
  const host = await DynamicHost.start({ env: stack.options.env, config: Object.fromEntries(texts) });
  const make: Maker = async ({ name, index, template }) => {
    if (template?.type !== KEY_TYPE) throw new Error("there is no key to make others after");
    const old = template.urn.split("::").at(-1) ?? first;
    const { schedule: _, ...declared } = template.inputs;
    const moved = { name, subAccount: placeOf(index).subAccount, publish: String(declared.publish).replaceAll(old, name) };
    const { inputs, failures } = await host.check({}, { ...declared, ...moved, stack: stack.options.stack });
    if (failures.length > 0) throw new Error(`a generated key is refused: ${failures.join(", ")}`);
    const { __provider } = declared;
    const { id, properties } = await host.create({ ...inputs, __provider });
    return {
      ...template,
      urn: template.urn.replaceAll(old, name),
      id,
      inputs: withCode(inputs, __provider),
      outputs: withCode(properties, __provider),
    };
  };
  make.end = () => host.stop();
  return make;
}

function withCode(properties: Properties, code: unknown): Record<string, unknown> {
  return { ...properties, __provider: code };
}
