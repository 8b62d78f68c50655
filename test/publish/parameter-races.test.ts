import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { isKind } from "../../providers/src/core/errors";
import { openStore } from "../../providers/src/publish/open-store";
import { contentThatCounts, noteOf, type PastVersion } from "../../providers/src/publish/parameter-history";
import { revisionOf } from "../../providers/src/publish/revision";
import type { DocumentStore } from "../../providers/src/publish/store";
import { writeDocument } from "../../providers/src/seal/parse-document";
import { CALLER } from "../aws-api/fake-aws";
import { documentOf, failsWith } from "../seal/samples";
import { ModelSsm } from "./model-ssm";

const documentNumber = (lastSerial: number) => documentOf([], { lastSerial });
const textNumber = (serial: number): string => writeDocument(documentNumber(serial));

describe("writers that meet at a parameter", () => {
  let ssm: ModelSsm;
  let places = 0;

  beforeEach(async () => {
    ssm = await ModelSsm.start();
  });
  afterEach(() => ssm.stop());

  /** Each store has turns of its own, as another process would. */
  function newStore(): DocumentStore {
    places += 1;
    const env = { AWS_ENDPOINT_URL_SSM: ssm.endpoint, AWS_REGION: "eu-west-1" };
    return openStore(`ssm:///desk/bots/mm-${places}`, { environment: "sandbox", env });
  }

  /** Does `act` once, before the next request for `operation` is answered. */
  function onceBefore(operation: string, act: () => void): void {
    ssm.between = (request) => {
      if (request.operation !== operation) return undefined;
      ssm.between = () => undefined;
      act();
      return undefined;
    };
  }

  it("let the first one count: the second puts it back and is told", async () => {
    const store = newStore();
    const { revision } = await store.write(documentNumber(1), undefined);
    onceBefore("PutParameter", () => ssm.put(textNumber(2), noteOf(revision)));
    await assert.rejects(store.write(documentNumber(3), revision), failsWith("Conflict", { text: /changed by somebody else/ }));
    assert.equal(ssm.value, textNumber(2));
    assert.deepEqual(
      ssm.versions.map(({ Value }) => Value),
      [1, 2, 3, 2].map(textNumber),
    );
  });

  it("let the first one count also when the second dies before it can put it back", async () => {
    const store = newStore();
    const { revision } = await store.write(documentNumber(1), undefined);
    let puts = 0;
    ssm.between = ({ operation }) => {
      if (operation === "PutParameter") puts += 1;
      // The late one writes right after the first, before the first can look.
      if (operation === "GetParameter" && puts === 1) {
        puts = 2;
        ssm.put(textNumber(3), noteOf(revision));
      }
      return undefined;
    };
    assert.deepEqual((await store.write(documentNumber(2), revision)).document, documentNumber(2));
    assert.equal(ssm.value, textNumber(2));
  });

  it("tell a first writer who finds the parameter just made", async () => {
    onceBefore("PutParameter", () => ssm.put(textNumber(2), noteOf(undefined)));
    await assert.rejects(newStore().write(documentNumber(3), undefined), failsWith("Conflict", { text: /exists already/ }));
    assert.equal(ssm.value, textNumber(2));
  });

  it("are not seen where a lost answer was asked for again", async () => {
    const store = newStore();
    for (const serial of [1, 2]) {
      let lost = false;
      const revision = ssm.value === undefined ? undefined : revisionOf(ssm.value);
      ssm.between = ({ operation, body }) => {
        if (operation !== "PutParameter" || lost) return undefined;
        lost = true;
        const { Value, Description } = JSON.parse(body) as { readonly Value: string; readonly Description: string };
        ssm.put(Value, Description);
        return { status: 500, error: "InternalServerError" };
      };
      assert.deepEqual((await store.write(documentNumber(serial), revision)).document, documentNumber(serial));
      assert.equal(ssm.value, textNumber(serial));
    }
  });

  it("are not seen where reads lag behind the write", async () => {
    const store = newStore();
    let { revision } = await store.write(documentNumber(1), undefined);
    for (const serial of [2, 3, 4]) {
      ssm.between = ({ operation }) => {
        if (operation === "PutParameter") ssm.lag = 3;
        return undefined;
      };
      ({ revision } = await store.write(documentNumber(serial), revision));
      ssm.lag = 1;
    }
    assert.equal((await store.read())?.revision, revision);
    assert.ok(!ssm.operations.includes("GetParameterHistory"));
  });

  it("however many there are and however late: one wins, and what it wrote is there", async () => {
    const delays = fc.array(fc.tuple(fc.nat(12), fc.nat(12)), { minLength: 2, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(delays, async (writers) => {
        ssm.versions.length = 0;
        ssm.between = async ({ operation, body }) => {
          const serial = /lastSerial\\": (\d+)/.exec(body)?.[1];
          if (operation === "PutParameter") await sleep(writers[Number(serial ?? 100) - 100]?.[1] ?? 0);
          return undefined;
        };
        const { revision } = await newStore().write(documentNumber(1), undefined);
        const ends = await Promise.allSettled(
          writers.map(async ([delay], index) => {
            await sleep(delay);
            return await newStore().write(documentNumber(100 + index), revision);
          }),
        );
        const won = ends.flatMap((end, index) => (end.status === "fulfilled" ? [100 + index] : []));
        assert.equal(won.length, 1);
        for (const end of ends) if (end.status === "rejected") assert.ok(isKind(end.reason, "Conflict"), String(end.reason));
        assert.equal(ssm.value, textNumber(won[0] ?? 0));
      }),
      { numRuns: 25 },
    );
  }).timeout(60_000);

  for (const [operation, act, permission] of [
    ["GetParameter", "read", "ssm:GetParameter on ssm:///desk"],
    ["PutParameter", "written", "ssm:PutParameter on ssm:///desk"],
  ] as const) {
    it(`names the permission when ${operation} is denied, and shows nobody`, async () => {
      ssm.between = (request) => (request.operation === operation ? { status: 400, error: "AccessDeniedException" } : undefined);
      const expected = { code: "AccessDeniedException", text: new RegExp(`cannot be ${act}: AWS refuses.*${permission}`) };
      await assert.rejects(
        newStore().write(documentNumber(1), undefined),
        failsWith("PublicationFailed", { ...expected, hides: [CALLER] }),
      );
    });
  }

  it("takes throttling for what it is, never for an absence", async () => {
    ssm.between = () => ({ status: 400, error: "ThrottlingException" });
    const expected = { code: "ThrottlingException", text: /Too many requests/, hides: [CALLER] };
    await assert.rejects(newStore().read(), failsWith("PublicationFailed", expected));
  });
});

describe("what counts in a parameter's history", () => {
  const past = (writes: readonly (readonly [string, string | undefined])[]): PastVersion[] =>
    writes.map(([text, replaces], index) => ({
      version: index + 1,
      text,
      note: noteOf(replaces === undefined ? undefined : revisionOf(replaces)),
    }));

  it("is what a store with conditional writes would hold, whatever came in between", () => {
    const write = fc.tuple(fc.constantFrom("a", "b", "c", "d"), fc.constantFrom(undefined, "a", "b", "c", "d"));
    fc.assert(
      fc.property(fc.option(fc.constantFrom("a", "b"), { nil: undefined }), fc.array(write), (base, writes) => {
        const conditional = writes.reduce<string | undefined>(
          (there, [text, replaces]) => (there === replaces ? text : there),
          base,
        );
        assert.equal(contentThatCounts(base, past(writes)), conditional);
      }),
    );
  });

  it("is never what somebody wrote without a note", () => {
    assert.equal(contentThatCounts("a", [{ version: 2, text: "b", note: "" }]), "a");
  });
});
