import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isKind, KeyError } from "../../providers/src/core/errors";
import { makeLabel } from "../../providers/src/core/label";
import { Secret } from "../../providers/src/core/secret";
import type { ApiKeyId } from "../../providers/src/core/words";
import type { DeliveryOrder } from "../../providers/src/deliver/delivery";
import type { KeyAdapter, KeySpec } from "../../providers/src/exchanges/adapter";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import { Journal } from "../../providers/src/journal/journal";
import { journaled } from "../../providers/src/journal/journaled";
import type { JournalRecord } from "../../providers/src/journal/record";
import type { Surroundings } from "../../providers/src/lifecycle/surroundings";
import { stampKeyOf } from "../../providers/src/seal/stamp";
import { noteRequestId } from "../../providers/src/wire/request-id";
import { documentOf, version } from "../core/samples";

const SECRET = "a-secret-that-nobody-may-read";
const API_KEY = "public-id-wxyz" as ApiKeyId;
const CLOCK = { now: () => new Date("2026-11-22T10:00:00.000Z") };
const SUBJECT = { owner: "desk", exchange: "here", account: "main", subAccount: "1", name: "mm", bot: "mm-1" };
const CONTEXT = { ...SUBJECT, serial: "4" };
const SPEC: KeySpec = {
  label: makeLabel("aaaaaaaaaa", 4, { text: "mm", rules: { max: 30, characters: "[a-z0-9]" } }),
  scopes: ["read"],
  ipWhitelist: ["127.0.0.1"],
  passphrase: new Secret(SECRET),
};

const ORDER: DeliveryOrder = {
  hash: "aaaaaaaaaa",
  current: { serial: 4, apiKey: API_KEY },
  open: async () => ({ apiKey: API_KEY, secret: new Secret(SECRET) }),
};

const SUB = { id: "1", name: "one", frozen: false };

describe("acts in the journal", () => {
  let folder: string;
  let journal: Journal;
  let notices: string[];
  /** What the journal held when an act began, by act. */
  let begun: Map<string, readonly string[]>;

  beforeEach(async () => {
    folder = join(await mkdtemp(join(tmpdir(), "exchange-keys-journaled-")), "kept");
    journal = new Journal(folder, { run: "aaaa", actor: "ann", environment: "sandbox" }, CLOCK);
    [notices, begun] = [[], new Map()];
  });
  afterEach(async () => {
    await journal.close();
    await rm(join(folder, ".."), { recursive: true });
  });

  async function records(): Promise<readonly JournalRecord[]> {
    const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")));
    return texts
      .join("")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  }

  /** What answers to a `set` are called. */
  let answers: readonly string[] = [];

  /** Surroundings in which everything succeeds, or fails with `failure`. */
  function surroundings(failure?: KeyError): Surroundings {
    const doing =
      <T>(act: string, result: T) =>
      async (): Promise<T> => {
        const lines = await records().catch(() => []);
        begun.set(
          act,
          lines.flatMap((line) => (line.kind === "intent" ? [line.act] : [])),
        );
        if (act === "set") for (const id of answers) noteRequestId(id);
        if (failure !== undefined) throw failure;
        return result;
      };
    const [descriptor] = DESCRIPTORS;
    assert.ok(descriptor !== undefined);
    const adapter: KeyAdapter = {
      descriptor,
      list: async () => [],
      issue: doing("issue", { apiKey: API_KEY, secret: new Secret(SECRET) }),
      set: doing("set", undefined),
      revoke: doing("revoke", undefined),
      inspectParent: async () => ({ scopes: [], ipWhitelist: [] }),
      subAccounts: { list: async () => [], create: doing("createSubAccount", SUB), enable: doing("enable", undefined) },
    };
    const stored = { document: documentOf([version(4)]), text: "", revision: "r1" };
    const real: Partial<Surroundings> = {
      exchange: async () => ({
        adapter,
        stampKeys: [stampKeyOf(new Secret(SECRET))],
        fresh: async () => [],
        shared: async () => [],
        clockDifference: async () => 0,
      }),
      store: (url) => ({
        url,
        maxBytes: 4096,
        read: async () => undefined,
        look: async () => undefined,
        write: doing("publish", stored),
        remove: doing("unpublish", undefined),
      }),
      sealer: (reference) => ({
        reference,
        seal: doing("seal", "ciphertext"),
        open: (_, { part }) => doing(part === undefined ? "open" : "openPassphrase", Buffer.from(SECRET))(),
      }),
      delivery: () => ({ deliver: doing("deliver", undefined), end: doing("endDelivery", "gone" as const) }),
      notice: (text) => void notices.push(text),
    };
    return journaled(real as Surroundings, journal, { subject: SUBJECT });
  }

  const ACTS: readonly (readonly [string, (around: Surroundings) => Promise<unknown>])[] = [
    ["issue", async (around) => (await exchange(around)).issue("1", SPEC)],
    ["set", async (around) => (await exchange(around)).set("1", API_KEY, SPEC)],
    ["revoke", async (around) => (await exchange(around)).revoke("1", API_KEY, new Secret(SECRET))],
    ["createSubAccount", async (around) => (await exchange(around)).subAccounts?.create({ name: "one" })],
    ["enable", async (around) => (await exchange(around)).subAccounts?.enable?.(SUB, "futures")],
    ["seal", async (around) => around.sealer("local:///k").seal(Buffer.from(SECRET), CONTEXT)],
    ["open", async (around) => around.sealer("local:///k").open("ciphertext", CONTEXT)],
    ["openPassphrase", async (around) => around.sealer("local:///k").open("ciphertext", { ...CONTEXT, part: "passphrase" })],
    ["publish", async (around) => around.store("file:///d").write(documentOf([version(4)]), undefined)],
    ["unpublish", async (around) => around.store("file:///d").remove("r1")],
    ["deliver", async (around) => around.delivery("awssm://d").deliver(ORDER)],
    ["endDelivery", async (around) => around.delivery("awssm://d").end("aaaaaaaaaa")],
  ];

  for (const [act, doIt] of ACTS) {
    it(`has ${act} on disk before it is done, and how it ended after`, async () => {
      await doIt(surroundings());
      assert.deepEqual(begun.get(act), [act]);
      const [, intent, outcome] = await records();
      assert.ok(intent?.kind === "intent" && outcome?.kind === "outcome");
      assert.deepEqual({ ...SUBJECT, ...intent }, intent, "whose key it is");
      assert.deepEqual([outcome.of, outcome.done], [intent.seq, true]);
    });

    it(`has the kind of a failed ${act}, and passes the error on`, async () => {
      const refused = new KeyError({ kind: "PermissionDenied", message: "no", code: "10005" });
      await assert.rejects(doIt(surroundings(refused)), (error) => error === refused);
      const outcome = (await records()).at(-1);
      assert.deepEqual(outcome?.kind === "outcome" && [outcome.done, outcome.error, outcome.code], [
        false,
        "PermissionDenied",
        "10005",
      ]);
    });

    const always = act === "revoke" || act === "openPassphrase";
    it(
      always ? `does ${act} all the same when nobody can write it down` : `does not ${act} what it cannot write down`,
      async () => {
        await writeFile(folder, "in the way");
        const done = doIt(surroundings());
        if (always) {
          await done;
          assert.match(notices.join(), /JournalFailed/);
        } else {
          await assert.rejects(done, (error) => isKind(error, "JournalFailed"));
        }
        assert.equal(begun.has(act), always);
      },
    );
  }

  it("keeps what an exchange calls its answers, of a failed act too, and nothing that has not the form of an id", async () => {
    const failing = surroundings(new KeyError({ kind: "Unavailable", message: "no" }));
    answers = ["0f3c-1", "0f3c-2", `secret ${SECRET}`, "x".repeat(65)];
    await (await exchange(surroundings())).set("1", API_KEY, SPEC);
    await assert.rejects((await exchange(failing)).set("1", API_KEY, SPEC));
    answers = [];
    await (await exchange(surroundings())).set("1", API_KEY, SPEC);
    const outcomes = (await records()).filter((record) => record.kind === "outcome");
    assert.deepEqual(
      outcomes.map(({ requests }) => requests),
      [["0f3c-1", "0f3c-2"], ["0f3c-1", "0f3c-2"], undefined],
    );
  });

  it("names label, serial and the last four characters of a public id, and no more of it", async () => {
    const around = surroundings();
    for (const [, doIt] of ACTS) await doIt(around);
    const [, issue, made, set] = await records();
    assert.ok(issue?.kind === "intent" && made?.kind === "outcome" && set?.kind === "intent");
    assert.deepEqual([issue.label, issue.serial, made.key, set.key], [SPEC.label, 4, "wxyz", "wxyz"]);
    const delivered = (await records()).find((record) => record.kind === "intent" && record.act === "deliver");
    assert.deepEqual({ at: "awssm://d", serial: 4, key: "wxyz", ...delivered }, delivered);
    const text = JSON.stringify(await records());
    assert.doesNotMatch(text, new RegExp(`${SECRET}|${API_KEY}|${Buffer.from(SECRET).toString("base64")}`));
  });
});

async function exchange(around: Surroundings): Promise<KeyAdapter> {
  return (await around.exchange({ environment: "sandbox", exchange: "here", account: "main" })).adapter;
}
