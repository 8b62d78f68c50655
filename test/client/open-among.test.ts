import assert from "node:assert/strict";
import { openAmong } from "../../providers/src/client/open-among";
import { KeyError } from "../../providers/src/core/errors";
import type { Sealer } from "../../providers/src/seal/sealer";
import { sealVersion } from "../../providers/src/seal/version";
import { carelessSealer, failsWith, IDENTITY, issued } from "../seal/samples";

const MISMATCH = new KeyError({ kind: "WrongContext", message: "does not fit", code: "InvalidCiphertextException" });

describe("looking for the serial that a ciphertext was sealed under", () => {
  /** A sealer that gives these answers, the last one again and again, and the serials it was asked for. */
  function answering(...answers: readonly KeyError[]): { readonly sealer: Sealer; readonly asked: string[] } {
    const asked: string[] = [];
    const open: Sealer["open"] = async (_, context) => {
      asked.push(context.serial);
      throw answers[asked.length - 1] ?? answers.at(-1);
    };
    return { sealer: { ...carelessSealer, open }, asked };
  }

  async function opening(sealer: Sealer, serial: number) {
    const version = { ...(await sealVersion(carelessSealer, issued({ serial }))), state: "current" as const };
    const neighbour = { ...version, serial: serial + 1, state: "pending" as const };
    return openAmong([version, neighbour], version, { sealer, identity: IDENTITY });
  }

  it("tries the neighbours and the eight below, each once, and none that cannot be", async () => {
    const far = answering(MISMATCH);
    await assert.rejects(opening(far.sealer, 20), failsWith("WrongContext"));
    assert.deepEqual(far.asked, ["20", "21", "19", "18", "17", "16", "15", "14", "13", "12"]);
    const near = answering(MISMATCH);
    await assert.rejects(opening(near.sealer, 3), failsWith("WrongContext"));
    assert.deepEqual(near.asked, ["3", "4", "2", "1"]);
  });

  it("stops at a refusal of another sort, and reports what it knew before", async () => {
    const denied = new KeyError({ kind: "OpenFailed", message: "denied", code: "AccessDeniedException" });
    const { sealer, asked } = answering(MISMATCH, denied);
    await assert.rejects(opening(sealer, 20), failsWith("WrongContext", { code: "InvalidCiphertextException" }));
    assert.deepEqual(asked, ["20", "21"]);
  });

  it("tries nothing where it is not the context that does not fit", async () => {
    const denied = new KeyError({ kind: "OpenFailed", message: "denied", code: "AccessDeniedException" });
    const { sealer, asked } = answering(denied);
    await assert.rejects(opening(sealer, 20), failsWith("OpenFailed", { code: "AccessDeniedException" }));
    assert.deepEqual(asked, ["20"]);
  });
});
