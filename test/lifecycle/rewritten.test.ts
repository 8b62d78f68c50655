import assert from "node:assert/strict";
import { writeDocument } from "../../providers/src/seal/parse-document";
import { AttackedDesk } from "./attacked-desk";

describe("whoever writes the document in the middle of every run", () => {
  it("makes publication fail, loudly, and stops no deletion", async () => {
    const desk = await AttackedDesk.begun("plain");
    const { engine, world, declared } = desk;
    const genuine = writeDocument(world.documents.get(declared.publish) ?? assert.fail());
    let count = 0;
    world.onPoint = (point) => {
      if (point !== "before publish" && point !== "before unpublish") return;
      count += 1;
      desk.write(genuine.replace('"lastSerial": 1', `"lastSerial": ${10 + count}`));
    };
    assert.equal(await engine.up({ ...declared, rotate: { ...declared.rotate, trigger: "new" } }), "failed");
    assert.match(engine.reason, /Conflict/);
    assert.deepEqual(desk.harm, []);
    await assert.rejects(engine.destroy(), /Conflict/);
    assert.deepEqual(desk.living, [], "what was to go is gone");
  });
});
