import assert from "node:assert/strict";
import { steps } from "./planned";
import { day, documentOf, inputsAt, listed, recordOf, version } from "./samples";

describe("plan for a key that its exchange lists and does not serve", () => {
  const steady = recordOf(documentOf([version(1)]));

  it("never ends a version that the exchange does not serve at present, and says that it is locked", () => {
    const locked = listed(1, { blocked: true });
    assert.deepEqual(steps({ keys: [locked], recorded: steady }), ["refuseBlocked 1"]);
    const ended = recordOf(documentOf([version(1, { notAfter: day(3).toISOString() })]));
    assert.deepEqual(steps({ keys: [locked], recorded: ended, now: day(3) }), ["revokeExpired 1"]);
    const due = { keys: [locked], recorded: steady, inputs: inputsAt(day(30)), now: day(30) };
    assert.deepEqual(steps(due), ["issue 2: age"]);
  });

  it("ends no locked version before its own time: only a person knows whether it will be served again", () => {
    const ends = recordOf(documentOf([version(1, { notAfter: day(9).toISOString() })]));
    const keys = [listed(1, { blocked: true })];
    assert.deepEqual(steps({ keys, recorded: ends, now: day(1) }), ["refuseBlocked 1"]);
    const atTheEnd = { keys, recorded: ends, inputs: inputsAt(day(1)) };
    assert.deepEqual(steps({ ...atTheEnd, now: new Date(day(9).getTime() - 1) }), ["issue 2: expiring"]);
    assert.deepEqual(steps({ ...atTheEnd, now: day(9) }), ["revokeExpired 1"]);
  });

  it("asks for no further key while the new one is locked, and promotes it when it is served", () => {
    const pending = recordOf(documentOf([version(1), version(2, { state: "pending" })]));
    const keys = [listed(1), listed(2, { blocked: true })];
    assert.deepEqual(steps({ keys, recorded: pending }), ["refuseBlocked 2"]);
    assert.deepEqual(steps({ keys, recorded: pending, inputs: inputsAt(day(1), { seal: "local:///new" }) }), ["setAside 2"]);
    assert.deepEqual(steps({ keys: [listed(1), listed(2)], recorded: pending }), ["promote 2"]);
  });
});
