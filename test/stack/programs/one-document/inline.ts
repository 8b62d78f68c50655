/** Runs the program in this process, again and again, as a service that deploys by Pulumi's Automation API does. */
import { readFileSync } from "node:fs";
import { LocalWorkspace } from "@pulumi/pulumi/automation";
import { declareKeys } from "./keys";

/** Stacks that run at once, each of which is previewed or updated. */
export type Round = Readonly<Record<string, "preview" | "up">>;

/** What a test asks for. */
export interface Order {
  /** A folder with a project and the files of its stacks. */
  readonly workDir: string;
  readonly rounds: readonly Round[];
}

/** How the runs of a round ended: by stack, `done` or the failure's text. */
export type Outcome = Readonly<Record<string, string>>;

const { workDir, rounds }: Order = JSON.parse(readFileSync(0, "utf8"));

async function run(stackName: string, what: "preview" | "up"): Promise<string> {
  try {
    const program = async (): Promise<object> => declareKeys();
    const stack = await LocalWorkspace.createOrSelectStack({ stackName, projectName: "exchange-keys", program }, { workDir });
    await stack[what]({ color: "never" });
    return "done";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function main(): Promise<void> {
  const outcomes: Outcome[] = [];
  for (const round of rounds) {
    const ended = Object.entries(round).map(async ([stack, what]) => [stack, await run(stack, what)] as const);
    outcomes.push(Object.fromEntries(await Promise.all(ended)));
  }
  process.stdout.write(JSON.stringify(outcomes));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
