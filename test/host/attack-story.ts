import fc from "fast-check";
import { type Act, type Edit, type Mischief, ROUNDS, round, type Story } from "./story";

const constants = <T extends string>(word: T): fc.Arbitrary<T> => fc.constant(word);
const pick = fc.nat({ max: 5 });

/** What happens where others write the documents. */
const attack: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: constants("byHand"),
      what: fc.constant<Mischief>("tamper"),
      pick: fc.noBias(fc.nat({ max: 200 })),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: constants("edit"), what: fc.constantFrom<Edit>("addresses", "trigger", "overlap", "seal"), pick }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: constants("byHand"),
      what: fc.constantFrom<Mischief>("oldDocument", "loseDocument", "oldState", "loseState", "removeKey"),
      pick,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: constants("destroy") }) },
  { weight: 1, arbitrary: fc.record({ do: constants("nothing") }) },
);

/** Keys whose documents others write. Each starts undisturbed. */
export function attackedStoryOf(keys: number): fc.Arbitrary<Story> {
  const acts = fc.array(attack, { minLength: ROUNDS - 1, maxLength: ROUNDS - 1 });
  const key = fc.record({
    exchange: fc.nat({ max: 11 }),
    acts: acts.map((then): readonly Act[] => [{ do: "nothing" }, ...then]),
  });
  return fc.record({
    rounds: fc.array(round, { minLength: ROUNDS, maxLength: ROUNDS }),
    keys: fc.array(key, { minLength: keys, maxLength: keys }),
  });
}
