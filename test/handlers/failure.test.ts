import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ScheduledApiKeyInputs } from "../../providers/src/core/inputs";
import * as handler from "../../providers/src/handlers/api-key";
import { checked, configured, DECLARED, Files, type Properties, SETTINGS, stateOf } from "./world";

const SECRET = "sandbox-parent-secret-that-must-not-show";

/** What the host would print or store of a failure. @throws AssertionError when nothing fails */
async function failureOf(act: () => Promise<unknown>): Promise<Error & { readonly id?: string }> {
  try {
    await act();
  } catch (error) {
    assert.ok(error instanceof Error);
    return error;
  }
  return assert.fail("nothing failed");
}

describe("a failure of the handler", () => {
  let files: Files;
  let inputs: Properties & ScheduledApiKeyInputs;
  let state: ReturnType<typeof stateOf>;

  before(async () => {
    files = await Files.make();
    await configured(SETTINGS);
    const document = `file://${join(files.folder, "mm.json")}`;
    inputs = (await checked({ ...DECLARED, publish: document })) as Properties & ScheduledApiKeyInputs;
    state = stateOf(inputs);
  });

  afterEach(async () => {
    await configured(SETTINGS);
  });

  after(async () => {
    await files.remove();
    await configured({});
  });

  const methods: readonly [string, () => Promise<unknown>][] = [
    ["create", () => handler.create(inputs)],
    ["update", () => handler.update("id", state, { ...inputs, scopes: ["read"] })],
    ["read", () => handler.read("id", state)],
    ["delete", () => handler.delete("id", state)],
  ];

  function assertBare(error: Error): void {
    assert.equal(error.stack, error.message, "the stack names no file");
    assert.doesNotMatch(error.message, /\.[jt]s\b|node_modules|https?:|127\.0\.0\.1/);
    assert.ok(!error.message.includes(SECRET));
    assert.deepEqual(
      Object.keys(error).filter((name) => name !== "stack"),
      [],
      "nothing else travels with it",
    );
  }

  for (const [name, act] of methods) {
    it(`of ${name} without credentials names the reference, and nothing was made`, async () => {
      const error = await failureOf(act);
      assert.match(error.message, /CredentialsUnavailable: the credential (env:NO_SUCH_KEY|file:\/no\/such\/secret)/);
      assertBare(error);
    });

    it(`of ${name} on an exchange that cannot be reached says no more than that`, async () => {
      const path = join(files.folder, "parent-secret");
      await writeFile(path, SECRET, { mode: 0o600 });
      const one = { exchange: "bybit", credentials: { apiKey: `file:${path}`, secret: `file:${path}` } };
      await configured({ ...SETTINGS, accounts: JSON.stringify({ one }) });
      const error = await failureOf(act);
      assert.match(error.message, /bybit inspectParent: Unavailable: the exchange cannot be reached/);
      assertBare(error);
    });

    it(`of ${name} for an account that is not declared any more says how to go on`, async () => {
      await configured({ ...SETTINGS, accounts: "{}" });
      const error = await failureOf(act);
      assert.match(error.message, /declares no account "one" of bybit in sandbox.*Keep an account declared/);
      assertBare(error);
    });

    it(`of ${name} under a wrong configuration names its keys`, async () => {
      await configured({ owner: "desk" });
      const error = await failureOf(act);
      assert.match(error.message, /exchange-keys:environment: declare one of .*exchange-keys:accounts: /s);
      assertBare(error);
    });
  }

  it("that nobody foresaw tells its class only", async () => {
    const sealed = {
      get versions(): never {
        throw new SyntaxError(SECRET);
      },
    };
    const error = await failureOf(() => handler.diff("id", Object.assign({}, state, { sealed }), inputs));
    assert.match(error.message, /^an internal error \(SyntaxError\) stopped the run/);
    assertBare(error);
  });
});
