import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { Desk, readBots, sandboxConfigFile } from "../harness/desk";
import { parentVariables } from "../harness/parents";
import { backendUrl, Stack } from "../harness/stack";
import { ControlClient } from "../sandbox/control-client";
import { sandboxFile } from "../sandbox/run-folder";
import { type StartedSandbox, startSandbox } from "../sandbox/start";
import { root, stateFolder } from "../scripts/setup/paths";
import { ensureToolchain } from "../scripts/setup/toolchain";
import { Person } from "./person";
import { playStory } from "./story";
import { say, step, summary } from "./terminal";

const folder = join(stateFolder, "demo");

async function main(): Promise<void> {
  const program = new Command("demo")
    .description("Issues, checks, adopts, rotates and retires keys of every exchange with the real Pulumi CLI, on the sandbox")
    .option("--keep", "leave sandbox and stack up, and print the commands to play with", false)
    .parse();
  const { keep } = program.opts<{ keep: boolean }>();
  const toolchain = await ensureToolchain();
  await endKept();
  await rm(folder, { recursive: true, force: true });
  const sandbox = await step("The sandbox starts: exchanges on loopback, over TLS 1.3", () => start(keep));
  const env = {
    EXCHANGE_KEYS_SANDBOX: join(folder, "sandbox", "sandbox.json"),
    ...(await parentVariables(join(folder, "sandbox"))),
  };
  const stack = new Stack({ toolchain, backend: join(folder, "state"), stack: "sandbox", env });
  const person = new Person(sandbox, env);
  const desk = new Desk(await readBots(sandboxConfigFile), sandbox);
  try {
    say(`Pulumi ${toolchain.version} (${toolchain.obtained}), file backend, stacks/Pulumi.sandbox.yaml`);
    await stack.init();
    await playStory({ stack, desk, sandbox, person, keep });
    summary();
    if (keep) await explain(stack, sandbox);
  } finally {
    if (!keep) await sandbox.stop();
  }
}

/** Ends the sandbox of an earlier `--keep`, if it still answers. */
async function endKept(): Promise<void> {
  const text = await readFile(join(folder, "sandbox", "sandbox.json"), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (text === undefined) return;
  const { pid, control } = sandboxFile.parse(JSON.parse(text));
  const answers = await new ControlClient(control).health().then(
    () => true,
    () => false,
  );
  if (answers) process.kill(pid);
}

async function start(keep: boolean): Promise<StartedSandbox> {
  const sandbox = await startSandbox({ dir: join(folder, "sandbox"), lasting: keep });
  for (const [exchange, url] of Object.entries(sandbox.files.endpoints)) say(`${exchange.padEnd(16)} ${url}`);
  return sandbox;
}

/** Writes what a shell needs, so that the person can go on where the demo stopped. */
async function explain(stack: Stack, sandbox: StartedSandbox): Promise<void> {
  const { toolchain, backend } = stack.options;
  const parents = Object.keys(await parentVariables(join(folder, "sandbox")));
  const file = (variable: string): string => {
    const [exchange = "", ...field] = variable.replace("SANDBOX_", "").toLowerCase().split("_");
    const camel = field.map((part, index) => (index === 0 ? part : part.charAt(0).toUpperCase() + part.slice(1))).join("");
    return join(folder, "sandbox", "parents", `${exchange}.${camel}`);
  };
  const lines = [
    `export PATH='${toolchain.pathEntries.join(":")}':"$PATH"`,
    `export PULUMI_HOME='${toolchain.env.PULUMI_HOME}' PULUMI_BACKEND_URL='${backendUrl(backend)}' PULUMI_CONFIG_PASSPHRASE=sandbox`,
    "export PULUMI_SKIP_UPDATE_CHECK=1 PULUMI_NODEJS_TRANSPILE_ONLY=true",
    `export EXCHANGE_KEYS_SANDBOX='${join(folder, "sandbox", "sandbox.json")}'`,
    ...parents.map((variable) => `export ${variable}="$(cat '${file(variable)}')"`),
  ];
  const path = join(folder, "env.sh");
  await writeFile(path, `${lines.join("\n")}\n`, { mode: 0o600 });
  const { control, pid } = sandbox.files;
  console.log(`
Sandbox and stack stay up. In a shell, from ${root}:
  . ${path}
  pulumi preview --stack sandbox --refresh --expect-no-changes; echo $?        drift: 7, none: 0
  pulumi up --stack sandbox                                                    edit stacks/Pulumi.sandbox.yaml first, if you like
  curl -s ${control}/keys                                        what the exchanges hold
  curl -s ${control}/clock -X POST -H 'content-type: application/json' -d '{"advance":"30d"}'   a month passes
  curl -s ${control}/requests                                    every call that was made
  pulumi destroy --stack sandbox                                               revoke everything
  kill ${pid}                                                                  end the sandbox; it forgets everything
`);
}

main().catch((error: unknown) => {
  console.error(`\ndemo failed: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
