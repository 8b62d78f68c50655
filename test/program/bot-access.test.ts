import assert from "node:assert/strict";
import type { Report } from "./child";
import { type Config, runProgram, stackConfig } from "./run";

const role = (name: string): string => `arn:aws:iam::123456789012:role/bots/${name}`;
const openers = [role("mm-1"), role("arb-1")];

describe("access of bots", function () {
  // Each case starts a process that loads the SDK.
  this.timeout(1_200_000);

  let sandbox: Config = {};

  before(async () => {
    sandbox = await stackConfig("sandbox");
  });

  const run = (...access: readonly object[]): Promise<Report> =>
    runProgram({ program: "bot-access", config: { ...sandbox, "test:openers": openers, "test:access": access } });
  const refusal = async (...access: readonly object[]): Promise<string> => {
    const { failure } = await run(...access);
    assert.ok(failure?.plain, `refused without a stack: ${JSON.stringify(failure)}`);
    return failure.message;
  };
  const mm = { name: "mm", bot: "mm-1", role: role("mm-1") };
  const arb = { name: "arb", bot: "arb-1", role: role("arb-1") };

  it("is a policy on each bot's own role, by the role's name", async () => {
    const { failure, registered } = await run(mm, { ...arb, late: true });
    assert.equal(failure, undefined);
    const policies = registered.filter(({ type }) => type === "aws:iam/rolePolicy:RolePolicy");
    const found = policies.map(({ name, inputs }) => [
      name,
      inputs.role,
      /"kms:EncryptionContext:bot":"([^"]*)"/.exec(String(inputs.policy))?.[1],
    ]);
    assert.deepEqual(found.sort(), [
      ["arb", "arb-1", "arb-1"],
      ["mm", "mm-1", "mm-1"],
    ]);
  });

  it("refuses a bot twice, naming both", async () => {
    assert.match(
      await refusal(mm, { ...arb, bot: "mm-1" }),
      /"arb" cannot be made as declared:\n {2}bot "mm-1" is the bot of "mm" too/,
    );
  });

  it("refuses one role for two bots", async () => {
    assert.match(await refusal(mm, { ...arb, role: mm.role }), /role is the role of bot "mm-1" too/);
  });

  it("refuses one role for two bots as soon as it is known", async () => {
    assert.match(await refusal(mm, { ...arb, role: mm.role, late: true }), /role is the role of bot "mm-1" too/);
  });

  it("refuses a role that its key lets nobody open by", async () => {
    assert.match(await refusal({ ...mm, role: role("thief") }), /role is not among the openers of its key/);
  });
});
