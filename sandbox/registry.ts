import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Exchange, OpenExchange, World } from "./exchange";

/** Opens every exchange that has a folder under `exchanges/`: there is no list to keep. */
export async function openExchanges(world: World): Promise<readonly Exchange[]> {
  const folder = join(__dirname, "exchanges");
  const ids = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return Promise.all(
    ids.map(async (id) => {
      const module: { open?: unknown } = await import(join(folder, id, "index"));
      if (!isOpen(module.open)) throw new Error(`sandbox/exchanges/${id}/index.ts exports no function "open"`);
      return module.open(world);
    }),
  );
}

function isOpen(value: unknown): value is OpenExchange {
  return typeof value === "function";
}
