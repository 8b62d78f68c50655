import assert from "node:assert/strict";
import { type Answer, judge, type Rules } from "../../providers/src/wire/judge";

const FACT = { source: "here", date: "2026-01-01", confirmed: true } as const;
const NOW = 1_763_800_000_000;
const RULES: Rules = {
  now: NOW,
  descriptor: {
    envelope: { code: "code", success: ["0"], result: "data", itemCode: "sCode" },
    errors: { ...FACT, value: { "1": "PermissionDenied", "2": "RateLimited", "3": "Unavailable", "4": "OutcomeUnknown" } },
    hints: { "1": "Ask the owner." },
    rateResetHeader: { ...FACT, value: "x-reset" },
  },
};
const answer = (body: unknown, change: Partial<Answer> = {}): Answer => ({ status: 200, headers: new Map(), body, ...change });
const headers = (name: string, value: string): Partial<Answer> => ({ headers: new Map([[name, value]]) });

describe("judging an answer", () => {
  it("finds nothing wrong with a success, as number or text", () => {
    assert.equal(judge(answer({ code: 0 }), RULES), undefined);
    assert.equal(judge(answer({ code: "0", data: [{ sCode: "0" }] }), RULES), undefined);
  });

  it("does not believe a success of a refused request", () => {
    assert.equal(judge(answer({ code: 0 }, { status: 403 }), RULES)?.kind, "PermissionDenied");
  });

  it("goes by the code whatever the status, and says what to do", () => {
    const refusal = judge(answer({ code: 1, msg: "secret" }, { status: 500 }), RULES);
    assert.deepEqual(refusal, {
      kind: "PermissionDenied",
      message: "the parent credential may not do this",
      code: "1",
      hint: "Ask the owner.",
    });
  });

  it("goes by the code of the item that was refused", () => {
    assert.equal(judge(answer({ code: "0", data: [{ sCode: "0" }, { sCode: "1" }] }), RULES)?.kind, "PermissionDenied");
    assert.equal(judge(answer({ code: "9", data: [{ sCode: "1" }] }), RULES)?.code, "1");
    assert.equal(judge(answer({ code: "0", data: [{ sCode: "0" }, { sCode: "aS3cret" }] }), RULES)?.kind, "BadResponse");
  });

  it("is uncertain where the act may have happened", () => {
    assert.equal(judge(answer({ code: "4" }), RULES)?.uncertain, true);
    assert.equal(judge(answer({ code: "3" }), RULES)?.uncertain, undefined);
    assert.equal(judge(answer({ code: "3" }, { status: 503 }), RULES)?.uncertain, true);
    assert.equal(judge(answer(undefined), RULES)?.uncertain, true);
    assert.equal(judge(answer(undefined, { status: 404 }), RULES)?.uncertain, undefined);
  });

  it("does not repeat what is no code, and is not fooled by names that every object has", () => {
    for (const code of ["constructor", "__proto__"]) assert.equal(judge(answer({ code }), RULES)?.kind, "BadResponse");
    for (const code of ["a b", "aS3cret", "x".repeat(41), { a: 1 }, null, 1.5]) {
      assert.deepEqual(judge(answer({ code }), RULES), {
        kind: "BadResponse",
        message: "field code of the answer is missing",
        uncertain: true,
      });
    }
  });

  it("takes a sentence for a code where the descriptor knows it word for word, and repeats no other", () => {
    const errors = { ...FACT, value: { "invalid signature": "AuthFailed", Gone: "NotFound" } } as const;
    const spoken: Rules = { ...RULES, descriptor: { ...RULES.descriptor, envelope: { code: "message", success: [""] }, errors } };
    const said = (message: unknown, status: number) => judge(answer({ message }, { status }), spoken);
    assert.deepEqual(
      [said("invalid signature", 400)?.kind, said("invalid signature", 400)?.code],
      ["AuthFailed", "invalid signature"],
    );
    for (const other of ["invalid signature ", "Invalid signature", "secret words", "toString", "valueOf is"]) {
      assert.deepEqual(JSON.stringify(said(other, 403)).includes(other), other === "toString", other);
    }
    assert.equal(said("secret words", 403)?.kind, "PermissionDenied");
  });

  it("goes by the status where the code says nothing", () => {
    const envelope = { code: "error", success: [""], vague: ["unknown"] };
    const rules: Rules = { ...RULES, descriptor: { ...RULES.descriptor, envelope } };
    const kinds = [401, 403, 429, 500, 400, 200].map((status) => judge(answer({ error: "unknown" }, { status }), rules)?.kind);
    assert.deepEqual(kinds, ["AuthFailed", "PermissionDenied", "RateLimited", "Unavailable", "BadResponse", "BadResponse"]);
    assert.equal(judge(answer({ error: "other" }, { status: 403 }), rules)?.code, "other");
  });

  describe("where an answer holds a list of codes", () => {
    const errors = { ...FACT, value: { "EAPI:Invalid key": "AuthFailed", "EOrder:Busy": "RateLimited" } } as const;
    const envelope = { code: "error", listed: true, success: ["", "WNote:Slow"] } as const;
    const listing: Rules = { ...RULES, descriptor: { ...RULES.descriptor, envelope, errors } };
    const judged = (error: unknown, status = 200) => judge(answer({ error, result: {} }, { status }), listing);

    it("takes an empty list for a success, and a list of nothing but codes of success", () => {
      assert.equal(judged([]), undefined);
      assert.equal(judged(["WNote:Slow"]), undefined);
      assert.equal(judged([], 403)?.kind, "PermissionDenied");
    });

    it("goes by the first code that is no success", () => {
      assert.deepEqual(
        [judged(["EAPI:Invalid key"])?.kind, judged(["EAPI:Invalid key"])?.code],
        ["AuthFailed", "EAPI:Invalid key"],
      );
      assert.equal(judged(["WNote:Slow", "EOrder:Busy", "EAPI:Invalid key"])?.kind, "RateLimited");
      assert.deepEqual([judged(["987"])?.kind, judged(["987"])?.code], ["BadResponse", "987"]);
    });

    it("takes no list, no field and an item that is no code for no success, and repeats none of them", () => {
      for (const error of [
        undefined,
        null,
        "",
        "EAPI:Invalid key",
        {},
        [""],
        [null],
        [["EAPI:Invalid key"]],
        ["a S3cret", "987"],
      ]) {
        const refusal = judged(error);
        assert.deepEqual(
          [refusal?.kind, refusal?.uncertain, refusal?.code],
          ["BadResponse", true, undefined],
          JSON.stringify(error),
        );
      }
      assert.equal(judge(answer({}), listing)?.kind, "BadResponse");
      assert.equal(judge(answer([]), listing)?.kind, "BadResponse");
      assert.equal(judge(answer(undefined, { status: 204 }), listing)?.kind, "BadResponse");
    });
  });

  it("is uncertain of a failure in the middle, also by a code not known here", () => {
    assert.equal(judge(answer({ code: "9" }), RULES)?.uncertain, undefined);
    assert.equal(judge(answer({ code: "9" }, { status: 500 }), RULES)?.uncertain, true);
    assert.equal(judge(answer({ code: "9" }, { status: 500 }), RULES)?.kind, "BadResponse");
  });

  describe("where a success has no code", () => {
    const bare: Rules = { ...RULES, descriptor: { ...RULES.descriptor, envelope: { code: "label", success: [""] } } };
    const judged = (body: unknown, status: number) => judge(answer(body, { status }), bare);

    it("goes by the status, whatever the shape of the body", () => {
      for (const body of [{ code: 7 }, [], [{ label: "1" }]]) assert.equal(judged(body, 200), undefined);
      assert.equal(judged({}, 201), undefined);
      assert.equal(judged({ a: 1 }, 302)?.kind, "BadResponse");
      assert.equal(judged([], 401)?.kind, "AuthFailed");
      assert.equal(judged([], 500)?.uncertain, true);
    });

    it("takes nothing for a success only where nothing was announced", () => {
      assert.equal(judged(undefined, 204), undefined);
      assert.deepEqual([judged(undefined, 200)?.kind, judged(undefined, 200)?.uncertain], ["BadResponse", true]);
      assert.equal(judged(undefined, 500)?.uncertain, true);
      assert.equal(judge(answer(undefined, { status: 204 }), RULES)?.kind, "BadResponse");
    });

    it("takes every code for a refusal, and what is no code for no success", () => {
      assert.equal(judged({ label: "1" }, 200)?.kind, "PermissionDenied");
      assert.equal(judged({ label: "9" }, 201)?.kind, "BadResponse");
      for (const label of ["", "a b", null, { a: 1 }]) assert.equal(judged({ label }, 200)?.kind, "BadResponse");
    });
  });

  for (const [title, change, wait] of [
    ["seconds", headers("retry-after", "7"), 7000],
    ["a date", headers("retry-after", new Date(NOW + 9000).toUTCString()), 9000],
    ["a date gone by", headers("retry-after", new Date(NOW - 9000).toUTCString()), 0],
    ["the exchange's own header", headers("x-reset", String(NOW + 800)), 800],
    ["the exchange's own header, in seconds", headers("x-reset", String(NOW / 1000 + 2)), 2000],
    ["the exchange's own header, a countdown", headers("x-reset", "1489"), 1489],
    ["the exchange's own header, gone by", headers("x-reset", String(NOW - 800)), 0],
    ["nonsense", headers("retry-after", "soon"), undefined],
    ["nothing", {}, undefined],
  ] as const) {
    it(`reads how long to wait from ${title}`, () => {
      assert.equal(judge(answer({ code: "2" }, change), RULES)?.retryAfterMs, wait);
      for (const status of [429, 418]) {
        const refusal = judge(answer(undefined, { ...change, status }), RULES);
        assert.deepEqual([refusal?.kind, refusal?.retryAfterMs], ["RateLimited", wait]);
      }
    });
  }
});
