import assert from "node:assert/strict";
import { whyNot } from "../../providers/src/core/support";
import type { Operation } from "../../providers/src/core/words";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";
import { expectedSkips } from "../wire/golden";

type Case = (title: string, run: () => Promise<void>) => void;

/** How the title of the case begins that counts a suite's skips. */
export const COUNTING = "skips ";

export interface ContractCases {
  /** Adds a case to the suite; where the exchange lacks one of the operations it is skipped, and its title tells why. */
  having(...operations: readonly Operation[]): Case;
  /** The same for a case about labels, or about keys of others, which nothing but a label tells from ours. */
  labelled(...operations: readonly Operation[]): Case;
  /**
   * Ends the suite by a case that counts: nothing is skipped but what the descriptor says, and that is as much as `skips.json` of
   * its golden folder says. `npm run generate` writes that file, so that a skip more or less is seen in a review.
   */
  assertSkips(): void;
}

/** The cases of one exchange. Call inside its suite. */
export function contractCases(descriptor: Pick<Descriptor, "id" | "operations" | "label">): ContractCases {
  const skipped: string[] = [];
  const lackOf = (operation: Operation): string | undefined => {
    const support = descriptor.operations[operation];
    const why = whyNot(support);
    return why === undefined ? undefined : `${operation} is ${support.can}: ${why}`;
  };
  const unless =
    (why: string | undefined): Case =>
    (title, run) => {
      if (why === undefined) {
        it(title, run);
        return;
      }
      skipped.push(title);
      it.skip(`${title} (${why})`);
    };
  const lacking = (operations: readonly Operation[]) => operations.map(lackOf).find((reason) => reason !== undefined);
  const unlabelled = descriptor.label.value === "none" ? "keys carry no label" : undefined;
  return {
    having: (...operations) => unless(lacking(operations)),
    labelled: (...operations) => unless(lacking(operations) ?? unlabelled),
    assertSkips: () => {
      it(`${COUNTING}${skipped.length === 0 ? "nothing" : `${skipped.length} cases, as the descriptor has it`}`, function () {
        const suite = this.test?.parent;
        const pending = (suite?.tests ?? []).filter((test) => test.isPending()).map(({ title }) => title);
        assert.equal(pending.length, skipped.length, `skipped by something else than the descriptor: ${pending.join("; ")}`);
        const name = suite?.title.replace(`: ${descriptor.id}`, "") ?? "";
        const expected = expectedSkips(descriptor.id, name);
        assert.equal(pending.length, expected, `npm run generate: "${name}" of ${descriptor.id} skips ${pending.join("; ")}`);
      });
    },
  };
}
