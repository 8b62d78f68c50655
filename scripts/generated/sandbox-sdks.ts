import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";
import { type NoSdk, type Sdk, STEPS, type Step } from "../../test/sdk/sdk";
import { markdownTable, wrapped } from "./markdown";

/** What the tests of the SDKs are about, a file for each exchange. */
const callsFolder = "test/sdk/calls";

export const sdksPath = "docs/sandbox-sdks.md";

interface Row {
  readonly descriptor: Descriptor;
  /** Undefined where nothing is written yet. */
  readonly sdk: Sdk | undefined;
  readonly version: string;
  /** Why there is none. */
  readonly none?: string;
}

/** Which public SDK makes which call of the sandbox. */
export async function renderSdks(root: string, descriptors: readonly Descriptor[]): Promise<string> {
  const rows = await Promise.all(descriptors.map((descriptor) => readRow(root, descriptor)));
  const notes = rows.flatMap(({ sdk }) => (sdk?.notes ?? []).map((note) => wrapped(`- \`${sdk?.name}\`: ${note}`, "  ")));
  const parts = [
    `<!-- Written by \`npm run generate\` from ${callsFolder}/: do not edit. -->`,
    "# SDKs that work with the sandbox",
    wrapped(
      "This package calls exchanges through ccxt, so the sandbox must not be a mirror of ccxt. For each exchange a public SDK of other " +
        "authors does the same there. It makes, lists, changes and deletes a key, where programs may. It makes and lists sub-accounts. " +
        "It learns why it is refused. The tests in `test/sdk/` call the methods in this table. " +
        "They compare the requests that the sandbox granted with the list below: no more, no fewer.",
    ),
    markdownTable(["exchange", "SDK", ...STEPS], rows.map(overview)),
    [
      "- *sub-account*: the calls for a key's sub-account, where programs make sub-accounts.",
      "- *generic*: the SDK has no method for it, so the test uses the SDK's own signed request for any path.",
      "- *use*: where only a person makes keys, none of the other calls exist. The control port makes such a key, and the key makes a call of its own.",
    ]
      .map((item) => wrapped(item, "  "))
      .join("\n"),
    "## Requests",
    markdownTable(["exchange", "step", "method", "request"], rows.flatMap(requests)),
    "## What to know about the SDKs",
    notes.join("\n"),
  ];
  return `${parts.join("\n\n")}\n`;
}

async function readRow(root: string, descriptor: Descriptor): Promise<Row> {
  const path = join(root, callsFolder, `${descriptor.id}.ts`);
  if (!existsSync(path)) return { descriptor, sdk: undefined, version: "" };
  const { sdk } = (await import(path)) as { readonly sdk: Sdk | NoSdk };
  if ("none" in sdk) return { descriptor, sdk: undefined, version: "", none: sdk.none };
  return { descriptor, sdk, version: sdk.version ?? installedVersion(root, sdk) };
}

/** @throws Error unless `package.json` names one version exactly */
function installedVersion(root: string, { name }: Sdk): string {
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const version = devDependencies[name];
  if (version === undefined || !/^[0-9]/.test(version)) throw new Error(`package.json names no exact version of ${name}`);
  return version;
}

function overview(row: Row): readonly string[] {
  const { sdk, version } = row;
  if (sdk === undefined)
    return [row.descriptor.title, row.none === undefined ? "none yet" : `none: ${row.none}`, ...STEPS.map(() => "")];
  return [row.descriptor.title, `\`${sdk.name}\` ${version} (${sdk.registry})`, ...STEPS.map((step) => cell(sdk, step))];
}

function cell({ calls }: Sdk, step: Step): string {
  const shown = Object.values(calls)
    .filter((call) => call.step === step)
    .map(({ method, generic }) => `\`${method}\`${generic === true ? " (generic)" : ""}`);
  return shown.length === 0 ? "–" : shown.join(", ");
}

function requests(row: Row): readonly (readonly string[])[] {
  const calls = Object.values(row.sdk?.calls ?? {});
  return calls.map(({ step, method, request }) => [row.descriptor.title, step, `\`${method}\``, `\`${request}\``]);
}
