import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { Stack, type StackOptions } from "../harness/stack";
import { root } from "../scripts/setup/paths";
import { readKeys, type StoredKey } from "./checkpoint";

const stackFile = z.looseObject({ config: z.record(z.string(), z.unknown()) });

/** What `stacks/Pulumi.sandbox.yaml` says. */
export async function sandboxConfig(): Promise<z.output<typeof stackFile>> {
  return stackFile.parse(parse(await readFile(join(root, "stacks", "Pulumi.sandbox.yaml"), "utf8")));
}

/** Writes stack configuration with the sandbox stack's encryption salt, whose passphrase the harness knows. */
export async function writeConfig(path: string, config: Readonly<Record<string, unknown>>): Promise<void> {
  await writeFile(path, stringify({ ...(await sandboxConfig()), config }));
}

/**
 * A folder whose path is as long wherever the checkout lies: paths of documents and of the sealing key stand in state several times.
 */
export function makeStackFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "exchange-keys-"));
}

/**
 * Issues the keys of the sandbox stack by the project's own program, and returns them as they stand in state.
 * @param folder for state, documents and sealing key, from {@link makeStackFolder}
 */
export async function upSandboxStack(
  folder: string,
  options: Pick<StackOptions, "toolchain" | "env">,
): Promise<readonly StoredKey[]> {
  const { config } = await sandboxConfig();
  const configFile = join(folder, "Pulumi.sandbox.yaml");
  // Nobody is here to make keys by hand.
  const moved = { "desk:adopted": {}, "desk:publish": join(folder, "keys"), "desk:seal": `local://${join(folder, "seal.key")}` };
  await writeConfig(configFile, { ...config, ...moved });
  const stack = new Stack({ ...options, backend: join(folder, "state"), stack: "sandbox", configFile });
  await stack.init();
  await stack.up();
  return await readKeys(stack.checkpoint);
}
