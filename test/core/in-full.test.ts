import assert from "node:assert/strict";
import fc from "fast-check";
import { driftIn } from "../../providers/src/core/drift";
import { judgedInFull } from "../../providers/src/core/in-full";
import type { ListedKey } from "../../providers/src/core/situation";
import { steps } from "./planned";
import { day, documentOf, inputsAt, listed, recordOf, version } from "./samples";

const UNREAD = /judged, but were not read/;
const previous = version(1, { state: "previous", retireAfter: day(2).toISOString() });
const stray = { apiKey: "pub3", serial: 3, until: day(2).toISOString() };
const recorded = recordOf(documentOf([previous, version(2)]), { strays: [stray] });

function withoutAddresses({ ipWhitelist: _, ...key }: ListedKey): ListedKey {
  return key;
}

/** Versions, a stray, an unknown key of ours and somebody's, each there or not, as declared or changed. */
const listing = fc
  .array(
    fc.record({
      serial: fc.integer({ min: 1, max: 6 }),
      ipWhitelist: fc.constantFrom(["203.0.113.7"], [], ["198.51.100.1"]),
      foreign: fc.boolean(),
      expired: fc.boolean(),
    }),
    { maxLength: 6 },
  )
  .map((keys) => {
    const found = keys.map(({ serial, foreign, ...shown }) =>
      listed(serial, { ...shown, ...(foreign ? { label: "someone's" } : {}) }),
    );
    return [...new Map(found.map((key) => [key.apiKey, key])).values()];
  });

describe("keys seen in full", () => {
  it("are all that a plan and a comparison need: the addresses of any other key change neither", () => {
    const inFull = judgedInFull(recorded);
    const property = fc.property(listing, fc.integer({ min: 1, max: 40 }), (keys, at) => {
      const sparse = keys.map((key) => (inFull.includes(key.apiKey) ? key : withoutAddresses(key)));
      const now = day(at);
      assert.deepEqual(steps({ keys: sparse, recorded, now }), steps({ keys, recorded, now }));
      const place = { worth: "same", believed: recorded.sealed, isHeldByUs: true } as const;
      const sight = { inputs: inputsAt(now), recorded, place, ownership: "label", unlisted: [] } as const;
      assert.deepEqual(driftIn({ ...sight, listed: sparse }), driftIn({ ...sight, listed: keys }));
    });
    fc.assert(property, { numRuns: 500 });
  });

  it("are what nothing is decided without: a version whose addresses nobody read is neither as declared nor changed", () => {
    const keys = [withoutAddresses(listed(1)), listed(2), listed(3)];
    assert.throws(() => steps({ keys, recorded }), UNREAD);
    const place = { worth: "same", believed: recorded.sealed, isHeldByUs: true } as const;
    const sight = { inputs: inputsAt(day(1)), recorded, place, ownership: "label", unlisted: [] } as const;
    assert.throws(() => driftIn({ ...sight, listed: keys }), UNREAD);
    const pending = recordOf(documentOf([version(1, { state: "pending" })]));
    assert.throws(() => steps({ keys: [withoutAddresses(listed(1))], recorded: pending }), UNREAD);
  });
});
