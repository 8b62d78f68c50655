import { exchangeFolders, exchangesFolder } from "./exchange-folders";

export const registryPath = `${exchangesFolder}/registry.generated.ts`;

/** The provider's list of exchanges: descriptors at once, adapters when they are asked for. */
export function renderRegistry(root: string): string {
  const ids = exchangeFolders(root);
  const lines = [
    "// Written by `npm run generate` from the folders beside this file: do not edit.",
    ...sortedImports(ids),
    "",
    "/** Every exchange that has a folder here. Importing an adapter loads its code, which most runs do not need. */",
    "export const ENTRIES: readonly RegistryEntry[] = [",
    ...ids.map((id) => `  { descriptor: ${id}, load: () => import("./${id}/adapter.js") },`),
    "];",
    "",
  ];
  return lines.join("\n");
}

/** In the order that the formatter wants. */
function sortedImports(ids: readonly string[]): readonly string[] {
  const imports = ids.map((id) => [`./${id}/descriptor`, `import { descriptor as ${id} } from "./${id}/descriptor";`] as const);
  const entry = ["./registry", 'import type { RegistryEntry } from "./registry";'] as const;
  return [...imports, entry].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, line]) => line);
}
