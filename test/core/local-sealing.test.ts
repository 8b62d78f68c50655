import assert from "node:assert/strict";
import { localSealingProblems } from "../../providers/src/core/local-sealing";
import { isProblems, readSettings, type Settings } from "../../providers/src/core/settings";
import { validationContext } from "../../providers/src/handlers/validation";

const REASON = "a laptop that trades its owner's money";
const LOCAL = "local:///var/lib/desk/key";
const KMS = "awskms://alias/bots?region=eu-west-1";

function settings(environment: string, accept?: unknown): Settings {
  const values: Record<string, unknown> = { environment, owner: "desk", accounts: "{}", accept };
  const read = readSettings((key) => values[key]);
  if (isProblems(read)) return assert.fail(JSON.stringify(read));
  return read;
}

describe("sealing by a key file", () => {
  it("is refused in production by check, of issued and of adopted keys, unless the stack gives a reason", () => {
    const problems = (given: Settings) => validationContext(given, new Date(0)).sealProblems(LOCAL);
    assert.match(
      problems(settings("production")).join(),
      /^is a key file, and this is production.*awskms.*accept\.localSealing$/,
    );
    assert.equal(problems(settings("production", {})).length, 1);
    assert.deepEqual(problems(settings("production", { localSealing: REASON })), []);
    assert.deepEqual(problems(settings("production", JSON.stringify({ localSealing: REASON }))), []);
    for (const environment of ["testnet", "sandbox"]) assert.deepEqual(problems(settings(environment)), []);
  });

  it("says nothing of KMS", () => assert.deepEqual(localSealingProblems(KMS, settings("production")), []));

  for (const [what, accept, property] of [
    ["too short a reason", { localSealing: "because" }, "exchange-keys:accept.localSealing"],
    ["no text", { localSealing: true }, "exchange-keys:accept.localSealing"],
    ["a word that nobody knows", { local: REASON }, "exchange-keys:accept"],
    ["no object", "yes", "exchange-keys:accept"],
  ] as const) {
    it(`is not accepted with ${what}`, () => {
      const values: Record<string, unknown> = { environment: "production", owner: "desk", accounts: "{}", accept };
      const read = readSettings((key) => values[key]);
      assert.ok(isProblems(read));
      assert.deepEqual(
        read.map((problem) => problem.property),
        [property],
      );
    });
  }
});
