import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../scripts/setup/paths";
import { runProgram, stackConfig, stacksFolder } from "../program/run";
import { violationsOf } from "./judge";

const stacks = readdirSync(stacksFolder).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);

/** The rows `| stack | resource | rule | why |` of docs/policies.md: what is refused there, and nothing else is. */
async function documented(stack: string): Promise<readonly string[]> {
  const text = await readFile(join(root, "docs/policies.md"), "utf8");
  const rows = [...text.matchAll(/^\| `([^`|]+)` \| `([^`|]+)` \| `([^`|]+)` \| [^|]+ \|$/gm)];
  return rows.flatMap(([, name, resource, rule]) => (name === stack ? [`${resource} ${rule}`] : [])).sort();
}

describe("the policy pack and the project's own stacks", function () {
  // Each case starts a process that loads the SDK.
  this.timeout(1_200_000);

  for (const stack of stacks) {
    it(`refuses in the stack ${stack} what docs/policies.md says, and nothing else`, async () => {
      const { registered, failure } = await runProgram({ config: await stackConfig(stack) });
      assert.equal(failure, undefined);
      // Mocks are told inputs, not options: that a KMS key is protected is seen where the component is tested.
      const found = await violationsOf(registered.map(({ inputs, ...one }) => ({ ...one, props: inputs, protect: true })));
      assert.deepEqual([...new Set(found.map(({ resource, rule }) => `${resource} ${rule}`))].sort(), await documented(stack));
    });
  }
});
