import assert from "node:assert/strict";
import fc from "fast-check";
import { type KeyAct, type RequestFacts, type Requests, requestsOf, type Standing } from "../../providers/src/core/requests";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import { Limiter } from "../../providers/src/wire/limiter";
import { ADDRESS, Life } from "./life";

/** Asked once by each process, whatever it does. */
const ONCE: ReadonlySet<string> = new Set(["time", "inspectParent"]);

/** What real limiters of this process gave a turn to, by operation or lane. */
class Turns {
  readonly #turn = Limiter.prototype.turn;
  #counts: Record<string, number> = {};

  begin(): void {
    const [turn, note] = [this.#turn, (lane: string): void => this.#note(lane)];
    Limiter.prototype.turn = function (this: Limiter, lane: string) {
      note(lane);
      return turn.call(this, lane);
    };
  }

  end(): void {
    Limiter.prototype.turn = this.#turn;
  }

  /** Since the last call. */
  take(): Requests {
    const counts = this.#counts;
    this.#counts = {};
    return counts;
  }

  #note(lane: string): void {
    if (!ONCE.has(lane)) this.#counts[lane] = (this.#counts[lane] ?? 0) + 1;
  }
}

/** What is played: a life of one key, beside keys that others made. */
const story = fc.record({ others: fc.nat({ max: 7 }), rotations: fc.integer({ min: 1, max: 2 }) });

for (const descriptor of DESCRIPTORS) {
  const { requests: facts } = descriptor;
  if (descriptor.operations.issue.can !== "yes") continue;
  describe(`requests of each act: ${descriptor.id}`, function () {
    this.timeout(600_000);
    const turns = new Turns();
    before(() => turns.begin());
    after(() => turns.end());

    it("are those of the descriptor's formula, whatever else is in the sub-account", async () => {
      assert.ok(facts, "the descriptor tells what a call takes");
      // Where keys carry no label, nobody else has any there.
      const exclusive = descriptor.label.value === "none";
      const property = fc.asyncProperty(story, async ({ others, rotations }) => {
        await play({ facts: facts.value, others: exclusive ? 0 : others, rotations, turns });
      });
      await fc.assert(property, { numRuns: 2, seed: 20261130 });
    });

    async function play(played: { facts: RequestFacts; others: number; rotations: number; turns: Turns }): Promise<void> {
      const life = await Life.begin(descriptor);
      const { control } = life.sandbox;
      const act = async (name: KeyAct, before: Standing, doIt: () => Promise<unknown>): Promise<void> => {
        played.turns.take();
        await doIt();
        // A list that is not older than the last change here answers a refresh.
        const { list, ...counted } = played.turns.take();
        const { list: lists, ...rest } = requestsOf(played.facts, name, before);
        assert.deepEqual(counted, rest, name);
        if (name === "refresh") assert.ok((list ?? 0) <= (lists ?? 0), name);
        else assert.equal(list, lists, `${name}: lists`);
      };
      try {
        const { others } = played;
        const subAccount = String(life.declared.subAccount);
        for (let index = 0; index < others; index += 1) {
          await control.addKey(descriptor.id, { subAccount, label: `byhand${index}`, ips: [ADDRESS] });
        }
        const standing = (versions: number): Standing => ({ listed: others + versions, versions });
        await act("issue", standing(0), () => life.up());
        await act("refresh", standing(1), () => life.refresh());
        await act("nothing", standing(1), () => life.up());
        for (let done = 0; done < played.rotations; done += 1) {
          await control.advance("30d");
          await act("rotate", standing(1), () => life.up());
          await act("refresh", standing(2), () => life.refresh());
          await control.advance("26h");
          await act("retire", standing(2), () => life.up());
        }
        await act("remove", standing(1), () => life.remove());
        assert.equal((await life.living()).length, others);
      } finally {
        await life.end();
      }
    }
  });
}
