/**
 * Serves the resource types of the Pulumi provider for AWS that this project uses, by calling an emulator with the AWS SDK. Pulumi takes
 * it for the real plugin when it is on PATH as `pulumi-resource-aws`.
 */
import { isDeepStrictEqual } from "node:util";
import { provider } from "@pulumi/pulumi";
import { ADDRESSES } from "./addresses";
import { openCloud } from "./clients";
import { IAM } from "./iam";
import { KMS } from "./kms";
import { NETWORK } from "./network";
import { type CloudRequest, note } from "./request-log";
import { ROUTES } from "./routes";
import type { Cloud, Existing, Properties, Served } from "./served";

const TYPES: Readonly<Record<string, Served>> = { ...NETWORK, ...ADDRESSES, ...ROUTES, ...KMS, ...IAM };

/** What stands in for a value that is not known yet. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Where the inputs are kept beside the outputs: diff gets nothing else. */
const INPUTS = "__inputs";

let opened: Cloud | undefined;
function cloud(): Cloud {
  opened ??= openCloud();
  return opened;
}

/** `urn:pulumi:stack::project::parent$type::name` → type and name. */
function named(urn: string): { readonly type: string; readonly name: string; readonly served: Served } {
  const [, , types = "", name = ""] = urn.split("::");
  const type = types.split("$").at(-1) ?? "";
  const served = TYPES[type];
  if (served === undefined) throw new Error(`the test plugin does not serve ${type}`);
  return { type, name, served };
}

function recorded(id: string, properties: Properties): Existing<Properties> {
  return { id, inputs: properties[INPUTS] as Properties, outputs: properties };
}

/** As the engine takes it: nothing undefined, and the inputs as they were declared. */
function stated(outputs: Properties, inputs: Properties): Properties {
  return JSON.parse(JSON.stringify({ ...outputs, ...inputs, [INPUTS]: inputs })) as Properties;
}

/** Notes what `act` did. */
async function noted(
  operation: CloudRequest["operation"],
  urn: string,
  act: () => Promise<{ readonly id: string; readonly properties: Properties }>,
): Promise<{ readonly id: string; readonly properties: Properties }> {
  const { type, name } = named(urn);
  const asked = Date.now();
  const { id, properties } = await act();
  const { [INPUTS]: _, ...shown } = properties;
  note({ operation, type, name, id, asked, done: Date.now(), properties: shown });
  return { id, properties };
}

/** What diff and update are handed: id, URN, outputs, new inputs. */
type Change = readonly [string, string, Properties, Properties];

const served: provider.Provider = {
  version: "7.47.0",

  check: async (urn, _olds, news: Properties) => {
    const { __defaults, ...inputs } = news;
    const known = Object.fromEntries(Object.entries(inputs).filter(([, value]) => !JSON.stringify(value).includes(UNKNOWN)));
    const problems = named(urn).served.problems(known);
    // What is not known is not missing either.
    const failures = problems.filter(({ property }) => inputs[property] === known[property] || !(property in inputs));
    return { inputs, failures: [...failures] };
  },

  diff: async (...[, urn, olds, news]: Change) => {
    const was = recorded("", olds).inputs;
    const all = [...new Set([...Object.keys(was), ...Object.keys(news)])];
    const changed = all.filter((key) => !isDeepStrictEqual(was[key], news[key]));
    const { inPlace } = named(urn).served;
    return { changes: changed.length > 0, replaces: changed.filter((key) => !inPlace.includes(key)) };
  },

  create: async (urn, inputs: Properties) => {
    const { served: kind, name } = named(urn);
    const made = await noted("create", urn, async () => {
      const { id, outputs } = await kind.create(cloud(), inputs, name);
      return { id, properties: stated(outputs, inputs) };
    });
    return { id: made.id, outs: made.properties };
  },

  update: async (...[id, urn, olds, news]: Change) => {
    const done = await noted("update", urn, async () => {
      const outputs = await named(urn).served.update(cloud(), recorded(id, olds), news);
      return { id, properties: stated(outputs, news) };
    });
    return { outs: done.properties };
  },

  delete: async (id, urn, properties: Properties) => {
    await noted("delete", urn, async () => {
      await named(urn).served.remove(cloud(), recorded(id, properties));
      return { id, properties };
    });
  },

  read: async (id, urn, properties: Properties) => {
    const was = recorded(id, properties);
    return (await named(urn).served.exists(cloud(), was)) ? { id, props: properties, inputs: was.inputs } : { id: "", props: {} };
  },
};

provider.main(served, process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
