import { cp, mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { root } from "../setup/paths";

/** What the package holds and the repository keeps elsewhere: from the top of the checkout into `providers/`. */
const PARTS = ["LICENSE", "CHANGELOG.md", "docs", "policy"] as const;
const COMPILED = join(root, "node_modules/pulumi-exchange-keys/dist");

const inPackage = (part: string): string => join(root, "providers", part);

/** Puts everything beside the package's own files. */
export async function gather(): Promise<void> {
  await scatter();
  await rm(inPackage("dist"), { recursive: true, force: true });
  await put(COMPILED, inPackage("dist"));
  for (const part of PARTS) await put(join(root, part), inPackage(part));
}

/** Takes away what {@link gather} put there, but for the compiled code: who installs the package by its path needs that. */
export async function scatter(): Promise<void> {
  for (const part of PARTS) await rm(inPackage(part), { recursive: true, force: true });
}

async function put(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await cp(from, to, { recursive: true, filter: (path) => !path.slice(root.length).endsWith("/policy/node_modules") });
}
