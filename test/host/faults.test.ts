import assert from "node:assert/strict";
import type { FaultOrder } from "../../sandbox/faults";
import { Random } from "../../sandbox/random";
import type { LoggedRequest } from "../../sandbox/request-log";
import { SEED, withDesk } from "./circumstances";
import type { HostDesk } from "./desk";
import { type Disturbance, DisturbedDesk } from "./disturbed";
import { LISTS_ONLY, WIRE_FAULTS } from "./faults";
import { FAULTS, type FaultKind } from "./story";
import type { Subject } from "./subject";

/** Each kind once, and as often as a request is repeated. */
const STRIKES: readonly { readonly what: FaultKind; readonly order: FaultOrder }[] = [
  // Lists that stay stale for longer than the exchange says it takes are beyond what anybody can tell from a deletion.
  ...FAULTS.flatMap((what) =>
    (what === "staleList" ? [1] : [1, 3]).map((times) => ({ what, order: { ...WIRE_FAULTS[what], times } })),
  ),
  { what: "hang", order: { kind: "hang", when: "before" } },
];

/** Faults of the wire, of another kind for each key of an exchange, at requests drawn by the seed. */
class WireFaults implements Disturbance {
  readonly skew = 0;
  readonly onKeys = false;
  /** How often each order was to strike. */
  #ordered = new Map<number, number>();

  constructor(
    private readonly desk: HostDesk,
    private readonly random: Random,
  ) {}

  async begin(undisturbed: ReadonlyMap<string, readonly LoggedRequest[]>): Promise<void> {
    const seen = new Map<string, number>();
    this.#ordered = new Map();
    for (const subject of this.desk.subjects) {
      const { exchange } = subject.key;
      const number = seen.get(exchange) ?? 0;
      seen.set(exchange, number + 1);
      // The first one is the model.
      const strike = STRIKES[number - 1];
      if (strike !== undefined) await this.#order(subject, strike, undisturbed.get(exchange) ?? []);
    }
  }

  async isLeft(): Promise<boolean> {
    return (await this.#unstruck()).length > 0;
  }

  /** What is left strikes nobody who is to be judged undisturbed; what never struck would show nothing. */
  async end(): Promise<void> {
    const left = await this.#unstruck();
    await this.desk.control.clearFaults();
    assert.deepEqual(left, [], `these never struck (seed ${SEED})`);
  }

  async #unstruck(): Promise<readonly FaultOrder[]> {
    return (await this.desk.control.faults()).filter(({ id, times }) => times === this.#ordered.get(id));
  }

  async #order({ key }: Subject, { what, order }: (typeof STRIKES)[number], asked: readonly LoggedRequest[]): Promise<void> {
    const { exchange, subAccount } = key;
    const meant = asked.filter(({ operation }) => !LISTS_ONLY.has(what) || operation === "list");
    // A deed that lists nothing has nothing of that kind to be struck by.
    if (meant.length === 0) return;
    const skip = Math.floor(this.random.next() * meant.length);
    const { id } = await this.desk.control.addFault({ ...order, exchange, subAccount, skip });
    this.#ordered.set(id, order.times ?? 1);
  }
}

describe("faults while keys are created, rotated, moved, read and deleted, by the provider's real host", function () {
  this.timeout(20 * 60_000);

  it(`of the wire: each ends as declared, or in one typed error and then as declared (seed ${SEED})`, async () => {
    await withDesk(STRIKES.length + 1, async (desk) => {
      const disturbed = new DisturbedDesk(desk, new WireFaults(desk, new Random(SEED)));
      await disturbed.play();
      const { endings } = disturbed;
      console.log(`      ${[...endings].map(([how, count]) => `${count} ${how}`).join(", ")}`);
      assert.ok((endings.get("failed") ?? 0) > desk.subjects.length / 4, "many are errors");
      assert.ok((endings.get("done") ?? 0) > desk.subjects.length, "most come through");
      assert.equal(endings.get("killed") ?? 0, 0);
    });
  });
});
