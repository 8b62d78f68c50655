import assert from "node:assert/strict";
import type { Kind } from "./kinds";
import { cases, DRIFTS, REFUSALS } from "./tampered-case";

const KINDS: readonly Kind[] = ["plain", "managed", "unlabelled"];

for (const kind of KINDS) {
  describe(`a document that somebody else wrote: ${kind}`, function () {
    this.timeout(300_000);

    it("is published anew by an up that changes something, from what state knows", async () => {
      for await (const one of cases(kind)) {
        const { desk, name, worth, before } = one;
        const text = desk.text;
        const ending = await desk.engine.up(one.declared({ ipWhitelist: ["127.0.10.7"] }));
        one.assertHarmless();
        const refusal = REFUSALS[worth];
        if (refusal !== undefined) {
          assert.equal(ending, "failed", name);
          assert.match(desk.engine.reason, refusal, name);
          one.assertNothingWasDone(text);
          continue;
        }
        assert.equal(ending, "done", `${name}: ${desk.engine.reason}`);
        assert.deepEqual(desk.living, before, name);
        assert.deepEqual(
          desk.engine.state?.outputs.sealed.versions.map(({ apiKey }) => apiKey),
          before,
          name,
        );
        one.assertPublished();
        assert.equal(await desk.engine.assertBotWorks(one.declared({ ipWhitelist: ["127.0.10.7"] })), before.at(-1), name);
      }
    });

    it("holds no scheduled rotation up for longer than one overlap, which begins anew once", async () => {
      for await (const one of cases(kind)) {
        const { desk, name, worth, before } = one;
        const text = desk.text;
        desk.later(24 * 30);
        let ending = await desk.engine.up(one.declared());
        if (before.length > 1 && worth !== "same" && REFUSALS[worth] === undefined) {
          assert.deepEqual(desk.living, before, name);
          if (text !== undefined) desk.write(text);
          desk.later(26);
          ending = await desk.engine.up(one.declared());
        }
        one.assertHarmless();
        if (REFUSALS[worth] !== undefined) {
          assert.equal(ending, "failed", name);
          assert.deepEqual(desk.living, before, name);
          continue;
        }
        assert.equal(ending, "done", `${name}: ${desk.engine.reason}`);
        const current = await desk.engine.assertBotWorks(one.declared());
        assert.ok(!before.includes(current), name);
        assert.ok(desk.living.includes(before.at(-1) ?? ""), `${name}: the superseded version has its overlap`);
        one.assertPublished();
        for (let run = 0; run < 2; run += 1) {
          desk.later(26);
          assert.notEqual(await desk.engine.up(one.declared()), "failed", `${name}: ${desk.engine.reason}`);
        }
        assert.deepEqual(desk.living, [current], name);
      }
    });

    it("holds no incident up", async () => {
      for await (const one of cases(kind)) {
        const { desk, name, worth, before } = one;
        const declared = one.declared({ rotate: { every: "30d", overlap: "0", trigger: "leak" } });
        const ending = await desk.engine.up(declared);
        one.assertHarmless();
        assert.equal(desk.living.length, 1, name);
        assert.ok(!before.includes(desk.living[0] ?? ""), name);
        if (worth === "another's, unknown" || worth === "another key's") {
          assert.equal(ending, "failed", name);
          assert.match(desk.engine.reason, /the superseded keys are revoked, and bots have NO KEY until .* is mended/, name);
          assert.equal(desk.engine.state?.outputs.servedTrigger, "before", name);
          continue;
        }
        assert.equal(ending, "done", `${name}: ${desk.engine.reason}`);
        one.assertPublished();
        assert.deepEqual([await desk.engine.assertBotWorks(declared)], desk.living, name);
      }
    });

    it("is seen by a refresh, which changes nothing", async () => {
      for await (const one of cases(kind)) {
        const { desk, name, worth } = one;
        const text = desk.text;
        const observation = await desk.engine.refresh();
        one.assertHarmless();
        one.assertNothingWasDone(text);
        assert.ok(!observation.gone, name);
        const expected = DRIFTS[worth];
        if (expected === undefined) assert.equal(observation.drift, undefined, name);
        else assert.match(observation.drift?.document ?? "", expected, name);
      }
    });

    it("neither stops a deletion nor widens it, and a budget of one key is enough", async () => {
      for await (const one of cases(kind)) {
        const { desk, name, worth } = one;
        const text = desk.text;
        if (worth === "another's, unknown") {
          await assert.rejects(desk.engine.destroy(), /Conflict: .*another parent credential.*Nothing was revoked/, name);
          one.assertHarmless();
          one.assertNothingWasDone(text);
          continue;
        }
        await desk.engine.destroy();
        one.assertHarmless();
        assert.deepEqual(desk.living, [], name);
        assert.equal(desk.text, worth === "another key's" || worth === "earlier" ? text : undefined, name);
      }
    });
  });
}
