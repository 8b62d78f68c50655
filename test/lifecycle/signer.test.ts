import assert from "node:assert/strict";
import { createKey } from "../../providers/src/lifecycle/api-key";
import { inputsAt } from "../core/samples";
import { newKeyPair } from "../exchanges/key-pair";
import { Engine } from "./engine";
import { World } from "./world";

describe("an answer to an issue that is for another signer", () => {
  it("fails the run: it holds a secret although a public key was to be registered, or none; neither key stays", async () => {
    const publicKey = newKeyPair().publicKey.trimEnd();
    for (const [changes, secretive] of [[{ publicKey }, true] as const, [{}, false] as const]) {
      const world = new World();
      world.answersSecret = secretive;
      const engine = new Engine(world);
      await assert.rejects(
        createKey({ ...inputsAt(world.now), ...changes }, world.surroundings),
        /BadResponse: the answer holds (a|no) secret/,
      );
      assert.deepEqual(engine.living(), []);
    }
  });
});
