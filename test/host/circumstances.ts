import assert from "node:assert/strict";
import { readTemplate } from "../crash/declared";
import { HostDesk } from "./desk";
import { type Disturbance, DisturbedDesk } from "./disturbed";
import { MISCHIEF, removeForeign, restore } from "./mischief";
import type { Mischief } from "./story";

/** What chances are drawn by. */
export const SEED = Number(process.env.EXCHANGE_KEYS_SEED ?? 20_261_123);

/** What is wrong: its title, what was done to account or keys, by how many seconds our clock is wrong, and kinds of the errors that runs then end in. */
export type CircumstanceCase = readonly [title: string, what: Mischief | undefined, skew: number, kinds: readonly string[]];

/** @param keys of each exchange */
export async function withDesk(keys: number, act: (desk: HostDesk) => Promise<void>): Promise<void> {
  const exchanges = (await readTemplate()).models.length;
  const desk = await HostDesk.open({
    exchanges: Array.from({ length: keys * exchanges }, (_, index) => index),
    seed: SEED,
    apart: true,
  });
  try {
    await act(desk);
  } finally {
    await desk.close();
  }
}

/** A test for each of these. An exchange that has no word for one kind of error says another of its kinds. */
export function describeCircumstances(cases: readonly CircumstanceCase[]): void {
  describe("faults while keys are created, rotated, moved, read and deleted, by the provider's real host", function () {
    this.timeout(20 * 60_000);

    for (const [title, what, skew, kinds] of cases) {
      it(`of circumstances: ${title}${kinds.length === 0 ? "" : ` (${kinds.join(", ")})`}`, async () => {
        await withDesk(2, async (desk) => {
          const disturbed = new DisturbedDesk(desk, new Circumstance(desk, what, skew));
          await disturbed.play();
          assert.deepEqual([...disturbed.kinds].sort(), kinds);
        });
      });
    }
  });
}

/** Something that is wrong with the whole account, or with our own clock. */
class Circumstance implements Disturbance {
  constructor(
    private readonly desk: HostDesk,
    private readonly what: Mischief | undefined,
    readonly skew: number,
  ) {}

  get onKeys(): boolean {
    return this.what === "disableKey" || this.what === "endKey";
  }

  async begin(): Promise<void> {
    const { control, subjects } = this.desk;
    if (this.what !== undefined) for (const subject of subjects) await MISCHIEF[this.what]({ subject, control, pick: 0 });
  }

  async isLeft(): Promise<boolean> {
    return false;
  }

  async end(): Promise<void> {
    const { control, subjects } = this.desk;
    for (const subject of subjects) {
      await restore({ subject, control });
      await removeForeign({ subject, control });
    }
  }
}
