import assert from "node:assert/strict";
import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ScheduledApiKeyInputs } from "../../providers/src/core/inputs";
import type { ApiKeyOutputs } from "../../providers/src/core/record";
import * as handler from "../../providers/src/handlers/api-key";
import { type StartedSandbox, startSandbox } from "../../sandbox/start";
import { checked, configured, DECLARED, type Properties } from "./world";

type Inputs = Properties & ScheduledApiKeyInputs;
type State = Properties & ApiKeyOutputs;

const NAMES = ["end-1", "end-2", "end-3"] as const;

describe("the budget of revocations through the handler", function () {
  // Each step waits for the exchange's documented propagation.
  this.timeout(300_000);
  const made = new Map<string, { readonly id: string; readonly state: State }>();
  let folder = "";
  let sandbox: StartedSandbox;
  let settings: Properties = {};
  /** Keys that other tests of this process have ended: they count as well. */
  let already = 0;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "exchange-keys-budget-"));
    const dir = join(folder, "sandbox");
    sandbox = await startSandbox({ dir, rateScale: 1000 });
    process.env.EXCHANGE_KEYS_SANDBOX = join(dir, "sandbox.json");
    const reference = (field: string): string => `file:${join(dir, "parents", `bybit.${field}`)}`;
    const one = { exchange: "bybit", credentials: { apiKey: reference("apiKey"), secret: reference("secret") } };
    settings = { environment: "sandbox", owner: "desk", accounts: JSON.stringify({ one }) };
    await configured(settings);
    for (const name of NAMES) {
      const declared = {
        ...DECLARED,
        name,
        bot: name,
        seal: `local://${join(folder, "sealing.key")}`,
        ipWhitelist: ["127.0.10.1"],
      };
      const inputs = (await checked({ ...declared, publish: `file://${join(folder, `${name}.json`)}` })) as Inputs;
      const { id, outs } = await handler.create(inputs);
      made.set(name, { id, state: { ...outs, __provider: inputs.__provider } as State });
    }
  });

  after(async () => {
    delete process.env.EXCHANGE_KEYS_SANDBOX;
    await sandbox.stop();
    await configured({});
    await rm(folder, { recursive: true, force: true });
  });

  async function end(name: (typeof NAMES)[number]): Promise<void> {
    const { id, state } = made.get(name) ?? assert.fail();
    await handler.delete(id, state);
  }

  async function refusal(name: (typeof NAMES)[number]): Promise<string> {
    const error: unknown = await end(name).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof Error, "it was ended");
    return error.message;
  }

  const allow = (count: number): Promise<void> => configured({ ...settings, revocationBudget: String(count) });

  it("a budget of none lets no delete through, and leaves key and document", async () => {
    await allow(0);
    const message = await refusal("end-1");
    assert.match(message, /^bybit key "end-1": BudgetSpent: a run may end 0 keys.*This one was not touched/);
    already = message.match(/ \(…/g)?.length ?? 0;
    assert.equal((await sandbox.control.keys("bybit")).length, NAMES.length);
    await access(join(folder, "end-1.json"));
  });

  it("all deletes of a process share one budget, and a delete that is repeated counts once", async () => {
    await allow(already + 2);
    await end("end-1");
    await end("end-1");
    await end("end-2");
    const message = await refusal("end-3");
    assert.match(message, /it has ended .*bybit\/one\/100001\/end-1 \(….{4}\), bybit\/one\/100001\/end-2 \(….{4}\)\. This one/);
    assert.match(message, /pulumi config set exchange-keys:revocationBudget/);
    assert.equal((await sandbox.control.keys("bybit")).length, 1);
    await access(join(folder, "end-3.json"));
  });

  it("a raised budget lets the rest through", async () => {
    await allow(already + 3);
    await end("end-3");
    assert.deepEqual(await sandbox.control.keys("bybit"), []);
  });
});
