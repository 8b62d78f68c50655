import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isKind } from "../../providers/src/core/errors";
import { Secret } from "../../providers/src/core/secret";
import type { Identity } from "../../providers/src/core/words";
import { check } from "../../providers/src/handlers/api-key";
import { surroundingsOf, surroundingsToEnd } from "../../providers/src/handlers/journaled-surroundings";
import { openSurroundings } from "../../providers/src/handlers/surroundings";
import { verifyJournal } from "../../providers/src/journal/verify";
import { sealVersion } from "../../providers/src/seal/version";
import { type StartedSandbox, startSandbox } from "../../sandbox/start";
import { documentOf } from "../seal/samples";
import { configured, DECLARED } from "./world";

const PARENT: Identity = {
  owner: "desk",
  bot: "deployer",
  exchange: "bybit",
  account: "main",
  subAccount: "master",
  name: "parent",
};

describe("the journal of the handlers", () => {
  let folder: string;
  let sandbox: StartedSandbox;
  let accounts: Readonly<Record<string, unknown>>;

  const inputs = (account: string) => ({ ...PARENT, environment: "sandbox", account, subAccount: "100001", name: "mm" }) as const;
  const address = (account: string) => ({ environment: "sandbox", exchange: "bybit", account }) as const;
  const sealer = (): string => `local://${folder}/key`;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "exchange-keys-handlers-journal-"));
    const dir = join(folder, "sandbox");
    sandbox = await startSandbox({ dir });
    process.env.EXCHANGE_KEYS_SANDBOX = join(dir, "sandbox.json");
    const url = await publishParent(dir);
    const rest = Object.entries(PARENT).map(([name, value]) => `&${name}=${value}`);
    const credentials = Object.fromEntries(
      ["apiKey", "secret"].map((field) => [field, `document:${url}#${field}${rest.join("")}`]),
    );
    // Each is opened once in a process.
    accounts = { one: { exchange: "bybit", credentials }, two: { exchange: "bybit", credentials } };
  });
  after(async () => {
    delete process.env.EXCHANGE_KEYS_SANDBOX;
    await sandbox.stop();
    await configured({});
    await rm(folder, { recursive: true });
  });

  /** The sandbox's own parent, sealed as `exchange-keys adopt` seals it. */
  async function publishParent(dir: string): Promise<string> {
    const [apiKey = "", secret = ""] = await Promise.all(
      ["apiKey", "secret"].map((field) => readFile(join(dir, "parents", `bybit.${field}`), "utf8")),
    );
    const plain = openSurroundings("sandbox");
    const url = `file://${folder}/parent.json`;
    const key = { apiKey, secret: new Secret(secret), scopes: [], issuedAt: "2026-01-02T03:04:05.000Z" };
    const version = await sealVersion(plain.sealer(sealer()), { identity: PARENT, serial: 3, ...key });
    await plain.store(url).write(documentOf([{ ...version, state: "current" }], { identity: PARENT }), undefined);
    return url;
  }

  async function keptIn(name: string): Promise<string> {
    const journal = join(folder, name);
    const settings = { environment: "sandbox", owner: "desk", accounts: JSON.stringify(accounts) };
    await configured({ ...settings, journal: JSON.stringify({ folder: journal }) });
    return journal;
  }

  async function linesIn(journal: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const texts = await Promise.all((await readdir(journal)).map((name) => readFile(join(journal, name), "utf8")));
    return texts.flatMap((text) => text.trimEnd().split("\n")).map((line) => JSON.parse(line));
  }

  it("opens no parent's document that it cannot write down, but to end a key", async () => {
    const journal = await keptIn("blocked");
    await writeFile(journal, "in the way");
    await assert.rejects(surroundingsOf(inputs("one")).exchange(address("one")), (error) => isKind(error, "JournalFailed"));
    await surroundingsToEnd(inputs("one")).exchange(address("one"));
  });

  it("has each opening of a parent's document, with whose it is, and names the stack that a check tells only later", async () => {
    const journal = await keptIn("journal");
    await surroundingsOf(inputs("two")).exchange(address("two"));
    const opened = (await linesIn(journal)).filter(({ act }) => act === "open");
    assert.equal(opened.length, 2);
    for (const one of opened) assert.deepEqual({ ...one, ...PARENT, serial: 3, at: sealer() }, one);
    assert.doesNotMatch(JSON.stringify(await linesIn(journal)), /"stack":"told"/);

    await check({}, { ...DECLARED, stack: "told" });
    await surroundingsOf(inputs("two"))
      .sealer(sealer())
      .seal(Buffer.from("x"), { ...PARENT, serial: "1" });
    const kinds = (await linesIn(journal)).slice(-3).map(({ kind, stack, act }) => stack ?? act ?? kind);
    assert.deepEqual(kinds, ["told", "seal", "outcome"]);
    assert.deepEqual((await verifyJournal(journal)).problems, []);
  });
});
