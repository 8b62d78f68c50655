import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { variablesOf } from "../../harness/parents";
import type { Run } from "../../harness/stack";
import type { DeclaredKey } from "./declared";
import { EveryExchange } from "./every-exchange";
import type { RunningBot } from "./running-bot";
import { Stage } from "./stage";

/** Nothing happens to one; the state of the other is put back to before its rotation, as a killed run leaves it. */
const CASES = ["intact", "ahead"] as const;

const rotate = (trigger?: string): Partial<DeclaredKey> => ({
  rotate: { every: "30d", overlap: "24h", ...(trigger === undefined ? {} : { trigger }) },
});

describe("a parent credential is replaced on every exchange, with documents ahead of their state", function () {
  this.timeout(2_400_000);
  let stage: Stage;
  let keys: EveryExchange;

  before(async () => {
    stage = await Stage.open();
    keys = await EveryExchange.open(stage, CASES);
    await keys.declare({ ahead: rotate() });
    await stage.stack.up();
    await stage.assertServed();
  });
  after(() => stage.close());

  const livingIds = async (): Promise<readonly string[]> => (await stage.control.keys()).map(({ apiKey }) => apiKey).sort();

  /** A rotation whose state never came to be recorded: the bots of those keys use what it published. */
  async function rotateAhead(trigger: string): Promise<void> {
    const file = join(stage.folder, `before-${trigger}.json`);
    await writeFile(file, (await stage.stack.must("stack", "export")).stdout);
    await keys.declare({ ahead: rotate(trigger) });
    await stage.stack.up();
    await stage.assertServed();
    await stage.stack.must("stack", "import", "--file", file);
  }

  /** A person makes new parents, points the references at them, and deletes the old ones. */
  async function replaceParents(): Promise<void> {
    for (const exchange of keys.exchanges) {
      const credential = await stage.control.addParent(exchange);
      stage.addVariables(variablesOf(exchange, credential));
      await stage.control.setStanding(exchange, "disabled");
    }
  }

  async function assertSerials(bots: readonly RunningBot[], serial: number): Promise<void> {
    for (const running of bots) assert.equal((await running.published()).serial, serial, running.bot.name);
  }

  const drift = (): Promise<Run> => stage.stack.run("preview", "--refresh", "--expect-no-changes", "--diff");

  it("and its secret is declared as the stamp key: what the killed run published is recorded, and no key is issued or revoked", async () => {
    await rotateAhead("first");
    const before = await livingIds();
    stage.addVariables(oldSecrets(stage));
    await replaceParents();
    await keys.declare({ ahead: rotate("first") }, { "exchange-keys:accounts": keys.accountsWith(stampKeyOf) });
    const seen = await drift();
    assert.notEqual(seen.code, 0, seen.stdout);
    for (const name of keys.named("ahead")) assert.ok(seen.stdout.includes(`::${name}]`), `${name} is named`);
    await stage.stack.up("--refresh");
    await stage.assertServed();
    await assertSerials(keys.bots("ahead"), 2);
    assert.deepEqual(await livingIds(), before);
    assert.equal((await drift()).code, 0);
    await stage.control.advance("26h");
    await stage.stack.up();
    await stage.assertSettled();
  });

  it("and nothing else is declared: every key in use lives for an overlap, a successor is published, and no person is needed", async () => {
    await rotateAhead("second");
    const before = await livingIds();
    await keys.declare({ ahead: rotate("second") }, { "exchange-keys:accounts": keys.accountsWith(() => undefined) });
    await replaceParents();
    const up = await stage.stack.up("--refresh");
    for (const name of keys.named("ahead")) assert.match(up.stdout, new RegExp(`${name}.*another parent credential`), name);
    await stage.assertServed();
    await assertSerials(keys.bots("ahead"), 4);
    await assertSerials(keys.bots("intact"), 1);
    const living = await livingIds();
    assert.deepEqual(
      before.filter((apiKey) => !living.includes(apiKey)),
      [],
      "no key in use was revoked",
    );
    assert.equal((await drift()).code, 0);
    await stage.control.advance("26h");
    await stage.stack.up();
    await stage.assertSettled();
  });

  it("and every key can be destroyed by the new one", async () => {
    await stage.stack.must("destroy", "--yes", "--skip-preview");
    assert.deepEqual(await livingIds(), []);
  });
});

/** The secrets of the first parents, under names of their own. */
function oldSecrets({ stack }: Stage): Readonly<Record<string, string>> {
  const found = Object.entries(stack.options.env).filter(([name]) => name.endsWith("_SECRET"));
  return Object.fromEntries(found.map(([name, value]) => [`OLD_${name}`, value]));
}

function stampKeyOf(exchange: string): string {
  return `env:OLD_SANDBOX_${exchange.toUpperCase()}_SECRET`;
}
