import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Descriptor } from "../providers/src/exchanges/descriptor";
import { apiFolder, apiReference } from "./generated/api-reference";
import { skipsOf, skipsPath } from "./generated/contract-skips";
import { overviewPath, pagePath, pagesFolder, renderOverview, renderPage, renderReadme } from "./generated/exchange-docs";
import { exchangeFolders, exchangesFolder } from "./generated/exchange-folders";
import { policyExchangesPath, renderPolicyExchanges } from "./generated/policy-exchanges";
import { registryPath, renderRegistry } from "./generated/registry";
import { renderSdks, sdksPath } from "./generated/sandbox-sdks";

/** A file that is written by a program. Everything in it comes from code, so nobody edits it by hand. */
export interface Generator {
  /** Relative to the checkout. */
  readonly path: string;
  /** The complete text, the same for the same code. */
  render(): Promise<string> | string;
}

/** Folders that hold generated files only: what else lies there is left over. */
export const generatedFolders: readonly string[] = [pagesFolder, apiFolder];

/** Every generated file of a checkout. `npm run check` fails when one is out of date. */
export async function listGenerators(root: string): Promise<readonly Generator[]> {
  const descriptors = await Promise.all(exchangeFolders(root).map((id) => readDescriptor(root, id)));
  const readme = "README.md";
  const renderSkips = skipsOf(root);
  return [
    { path: registryPath, render: () => renderRegistry(root) },
    { path: readme, render: async () => renderReadme(await readFile(join(root, readme), "utf8"), descriptors) },
    { path: overviewPath, render: () => renderOverview(descriptors) },
    { path: policyExchangesPath, render: () => renderPolicyExchanges(descriptors) },
    ...apiReference(root),
    { path: sdksPath, render: () => renderSdks(root, descriptors) },
    ...descriptors.map((descriptor) => ({ path: pagePath(descriptor), render: () => renderPage(descriptor) })),
    ...descriptors.map((descriptor) => ({ path: skipsPath(descriptor), render: () => renderSkips(descriptor) })),
  ];
}

/** From its folder: the registry is itself generated, and may be older. */
async function readDescriptor(root: string, id: string): Promise<Descriptor> {
  const { descriptor } = (await import(join(root, exchangesFolder, id, "descriptor"))) as { readonly descriptor: Descriptor };
  if (descriptor?.id !== id) throw new Error(`${exchangesFolder}/${id}/descriptor.ts exports no descriptor with the id "${id}"`);
  return descriptor;
}
