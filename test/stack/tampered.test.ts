import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { diagnosticsIn } from "../../harness/diagnostics";
import type { Run, Stack } from "../../harness/stack";
import type { LivingKey } from "../../sandbox/exchange";
import type { DeclaredKey } from "./declared";
import { EveryExchange } from "./every-exchange";
import type { RunningBot } from "./running-bot";
import { Stage } from "./stage";
import { ALL_TAMPERINGS, REFUSED, TAMPERINGS, type Tampering } from "./tampering";

/** One key that nobody tampers with, whose document and public id are used against the others. */
const BYSTANDER = "bystander";
const FOREIGN_KMS = "awskms://arn:aws:kms:eu-west-1:999999999999:key/11111111-2222-3333-4444-555555555555";

const rotate = (overlap: string, trigger?: string): Partial<DeclaredKey> => ({
  rotate: { every: "30d", overlap, ...(trigger === undefined ? {} : { trigger }) },
});

describe("documents that somebody tampers with, on every exchange that issues keys", function () {
  this.timeout(3_600_000);
  let stage: Stage;
  let keys: EveryExchange;
  let stack: Stack;
  /** Stands for AWS KMS: whoever asks it was made to by a document. */
  let kms: Server;
  let asked = 0;
  /** Keys of people, by the resource in whose sub-account they are. */
  const treasury = new Map<string, string>();
  const firstTexts = new Map<RunningBot, string>();

  before(async () => {
    stage = await Stage.open();
    kms = createServer((_, response) => {
      asked += 1;
      response.writeHead(400).end();
    }).listen(0, "127.0.0.1");
    await once(kms, "listening");
    const endpoint = `http://127.0.0.1:${(kms.address() as AddressInfo).port}`;
    const credentials = { AWS_ACCESS_KEY_ID: "testing", AWS_SECRET_ACCESS_KEY: "testing", AWS_REGION: "eu-west-1" };
    stack = stage.stack.with({
      env: { ...stage.stack.options.env, ...credentials, AWS_ENDPOINT_URL_KMS: endpoint, AWS_ENDPOINT_URL: endpoint },
    });
    keys = await EveryExchange.open(stage, [...ALL_TAMPERINGS, BYSTANDER]);
    await declare(rotate("24h"));
    await stack.up();
    await stage.assertServed();
    await mkdir(join(stage.folder, "no.key"));
    for (const running of stage.bots) firstTexts.set(running, await readFile(running.bot.document, "utf8"));
    for (const running of keys.bots(...ALL_TAMPERINGS)) await addTreasury(running);
  });
  after(async () => {
    kms.close();
    await stage.close();
  });

  const declare = (change: Partial<DeclaredKey>): Promise<void> =>
    keys.declare(Object.fromEntries([...ALL_TAMPERINGS, BYSTANDER].map((name) => [name, change])), {
      "exchange-keys:revocationBudget": 1000,
    });

  /** A person's key in the very sub-account. Where keys carry no label that would be refused. */
  async function addTreasury({ bot }: RunningBot): Promise<void> {
    if (!keys.labelled.includes(bot.exchange)) return;
    const made = { subAccount: bot.subAccount, label: "treasury", ips: ["127.0.66.6"] };
    treasury.set(bot.name, (await stage.control.addKey(bot.exchange, made)).apiKey);
  }

  /** What a planted version names: that key, or the key in use of another bot. */
  async function foreignKeyFor({ bot }: RunningBot): Promise<string> {
    const ofBystander = (await stage.bot(`${bot.exchange}-${BYSTANDER}`).published()).apiKey;
    return bot.name.endsWith("-twin") ? ofBystander : (treasury.get(bot.name) ?? ofBystander);
  }

  /** The keys of people, as the exchange has them. Whether the bystander is served is seen with its bot. */
  async function foreignKeys(): Promise<readonly LivingKey[]> {
    const known = new Set(treasury.values());
    return (await stage.control.keys()).filter(({ apiKey }) => known.has(apiKey));
  }

  const tamperedBots = (...cases: readonly Tampering[]): readonly RunningBot[] =>
    keys.bots(...(cases.length === 0 ? ALL_TAMPERINGS : cases));

  /** Every document but the bystander's, each in its own way. */
  async function tamper(): Promise<void> {
    for (const running of tamperedBots()) {
      const { bot } = running;
      const how = TAMPERINGS[bot.name.replace(/^[^-]+-/, "") as Tampering];
      const othersText = await readFile(stage.bot(`${bot.exchange}-${BYSTANDER}`).bot.document, "utf8");
      const victim = {
        document: JSON.parse(await readFile(bot.document, "utf8")),
        foreignKey: await foreignKeyFor(running),
        foreignFile: `local://${join(stage.folder, "no.key")}`,
        foreignKms: FOREIGN_KMS,
        othersText,
        firstText: firstTexts.get(running) ?? "",
      };
      await writeFile(bot.document, how(victim));
    }
  }

  /** What was published before somebody tampered with it. */
  async function keepTexts(): Promise<() => Promise<void>> {
    const texts = await Promise.all(
      tamperedBots(...REFUSED).map(async ({ bot }) => [bot.document, await readFile(bot.document, "utf8")] as const),
    );
    return async () => {
      for (const [document, text] of texts) await writeFile(document, text);
    };
  }

  /** All but {@link REFUSED} went through, and those name what lies there. */
  function assertRefused(run: Run): void {
    assert.notEqual(run.code, 0);
    const said = diagnosticsIn(run);
    for (const { bot } of tamperedBots("newer")) assert.match(said.get(bot.name) ?? "", /NewerFormat|newer/, bot.name);
    for (const { bot } of tamperedBots("swapped"))
      assert.match(said.get(bot.name) ?? "", /Conflict: .*belongs to another key/, bot.name);
    const refused = new Set(tamperedBots(...REFUSED).map(({ bot }) => bot.name));
    for (const { bot } of stage.bots) {
      if (!refused.has(bot.name)) assert.doesNotMatch(said.get(bot.name) ?? "", /^\s*error:/m, bot.name);
    }
  }

  /** Bots open what is published, under that serial, and the exchange lets them in. So many keys of ours live. */
  async function assertKeys(
    bots: readonly RunningBot[],
    { serial, living }: { readonly serial: number; readonly living: number },
  ): Promise<void> {
    for (const running of bots) {
      const held = await running.published();
      assert.equal(held.serial, serial, running.bot.name);
      assert.equal(await running.call(held), "accepted", running.bot.name);
      const ours = await keys.living(running);
      assert.equal(ours.length, living, `${running.bot.name}: ${ours.length} keys`);
    }
  }

  const untouched = (): readonly RunningBot[] => stage.bots.filter((running) => !tamperedBots(...REFUSED).includes(running));

  it("up --refresh publishes them again from state, believes nothing of them, and touches no foreign key", async () => {
    const before = await foreignKeys();
    const restore = await keepTexts();
    await tamper();
    const run = await stack.run("up", "--yes", "--skip-preview", "--refresh", "--continue-on-error");
    assertRefused(run);
    await assertKeys(untouched(), { serial: 1, living: 1 });
    assert.deepEqual(await foreignKeys(), before);
    await restore();
    const quiet = await stack.run("preview", "--refresh", "--expect-no-changes", "--diff");
    assert.equal(quiet.code, 0, quiet.stdout);
  });

  it("a rotation serves its trigger, by the next serial, and no foreign key is touched", async () => {
    const before = await foreignKeys();
    const restore = await keepTexts();
    await tamper();
    await declare(rotate("24h", "planned"));
    assertRefused(await stack.run("up", "--yes", "--skip-preview", "--continue-on-error"));
    await assertKeys(untouched(), { serial: 2, living: 2 });
    assert.deepEqual(await foreignKeys(), before);
    await restore();
    await stack.up();
    await assertKeys(stage.bots, { serial: 2, living: 2 });
  });

  it("an incident leaves one key, a new one, whatever the document says; only where another key's lies bots wait for it", async () => {
    const before = await foreignKeys();
    const restore = await keepTexts();
    await tamper();
    await declare(rotate("0", "leak"));
    const run = await stack.run("up", "--yes", "--skip-preview", "--continue-on-error");
    assert.equal(run.code, 1, run.stdout);
    const said = diagnosticsIn(run);
    const waiting = tamperedBots("swapped");
    for (const { bot } of waiting) assert.match(said.get(bot.name) ?? "", /Conflict: .*bots have NO KEY until/, bot.name);
    for (const running of waiting) assert.equal((await keys.living(running)).length, 1, running.bot.name);
    await assertKeys(
      stage.bots.filter((running) => !waiting.includes(running)),
      { serial: 3, living: 1 },
    );
    assert.deepEqual(await foreignKeys(), before);
    await restore();
    await stack.up("--refresh");
    await assertKeys(stage.bots, { serial: 3, living: 1 });
    const quiet = await stack.run("preview", "--refresh", "--expect-no-changes", "--diff");
    assert.equal(quiet.code, 0, quiet.stdout);
  });

  it("destroy revokes what state knows and nothing else, whatever the document says, and exits 0", async () => {
    const before = await foreignKeys();
    await tamper();
    const targets = tamperedBots().flatMap(({ bot }) => ["--target", stage.urn(bot.name)]);
    await stack.must("destroy", "--yes", "--skip-preview", ...targets);
    assert.deepEqual(await foreignKeys(), before);
    const bystanders = keys.bots(BYSTANDER);
    await assertKeys(bystanders, { serial: 3, living: 1 });
    assert.equal((await stage.control.keys()).length, before.length + bystanders.length);
  });

  it("nobody's KMS was asked to open anything", () => assert.equal(asked, 0));
});
