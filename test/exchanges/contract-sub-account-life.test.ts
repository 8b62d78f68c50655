import assert from "node:assert/strict";
import type { SubAccountInputs } from "../../providers/src/core/sub-account";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import {
  createSubAccount,
  observeSubAccount,
  type RecordedSubAccount,
  updateSubAccount,
} from "../../providers/src/lifecycle/sub-account";
import { ContractWorld, fails, secretOf } from "./contract-world";

let counter = 0;
/** Fits every exchange's rules for a name. */
function freshName(): string {
  counter += 1;
  return `lifebot${String(counter).padStart(3, "0")}`;
}

const WRITES = ["createSubAccount", "enable"] as const;

for (const descriptor of DESCRIPTORS) {
  const { id, subAccounts } = descriptor;
  if (subAccounts === undefined) continue;

  describe(`life of a sub-account: ${id}`, () => {
    const world = new ContractWorld(descriptor);
    const said: string[] = [];
    before(() => world.start());
    after(() => world.stop());
    afterEach(async () => {
      said.length = 0;
      await world.clean();
    });

    const products = subAccounts.products?.value;
    const declared = (change: Partial<SubAccountInputs> = {}): SubAccountInputs => ({
      environment: "sandbox",
      exchange: id,
      account: "main",
      name: freshName(),
      ...(products === undefined ? {} : { products }),
      ...(subAccounts.remark === undefined ? {} : { remark: "for a bot" }),
      ...change,
    });

    async function surroundings() {
      const adapter = await world.open();
      const exchange = { adapter, fresh: adapter.fresh, shared: adapter.list, clockDifference: async () => 0 };
      return {
        exchange: async () => exchange,
        sleep: async () => {},
        notice: (text: string) => void said.push(text),
        passphrase: (rules: Parameters<typeof secretOf>[0]) => secretOf(rules).reveal(),
      };
    }

    const create = async (inputs: SubAccountInputs) => createSubAccount(inputs, await surroundings());
    const twins = async ({ name }: SubAccountInputs) =>
      ((await (await world.open()).subAccounts?.list()) ?? []).filter((one) => one.name === name).length;

    /** Looked at, declared again and updated it is as it was, and nothing is sent but lists. */
    async function settled(inputs: SubAccountInputs, recorded: RecordedSubAccount): Promise<void> {
      const written = async () => Promise.all(WRITES.map((operation) => world.sent(operation)));
      const before = await written();
      assert.deepEqual(await observeSubAccount(recorded, await surroundings()), { gone: false, drift: undefined });
      assert.equal((await create(inputs)).id, recorded.id);
      await updateSubAccount(recorded, inputs, await surroundings());
      assert.deepEqual(await written(), before);
      assert.equal(await twins(inputs), 1);
    }

    it("is made as declared, and again: zero changes", async () => {
      const inputs = declared();
      const recorded = await create(inputs);
      assert.deepEqual(recorded.outputs, { ...inputs, made: true });
      assert.match(recorded.id, new RegExp(descriptor.subAccount.value.pattern));
      await settled(inputs, recorded);
    });

    it("that a person made is adopted by its id, said so, and gets what it lacks", async () => {
      const [uid] = world.subAccounts;
      const { name: _, remark: __, ...inputs } = declared({ uid });
      const recorded = await create(inputs);
      assert.deepEqual([recorded.id, recorded.outputs.made], [uid, false]);
      assert.match(said.join(), /is there already and is used as it is/);
      assert.deepEqual(await observeSubAccount(recorded, await surroundings()), { gone: false, drift: undefined });
    });

    for (const operation of products === undefined ? (["createSubAccount"] as const) : WRITES) {
      it(`lost answer to ${operation}: no twin, and as declared`, async () => {
        const inputs = declared();
        await world.control.addFault({ kind: "loseAnswer", exchange: id, operation });
        await settled(inputs, await create(inputs));
      });
    }

    it("dropped request: the next run makes it", async () => {
      const inputs = declared();
      await world.control.addFault({ kind: "dropRequest", exchange: id, operation: "createSubAccount" });
      await fails(create(inputs), "OutcomeUnknown");
      const recorded = await create(inputs);
      assert.equal(recorded.outputs.made, true);
      await settled(inputs, recorded);
    });

    if (products !== undefined) {
      it("what is declared later is enabled later, and what is declared no more stays", async () => {
        const { products: _, ...bare } = declared();
        const recorded = await create(bare);
        const wanting = { ...bare, products };
        const outputs = await updateSubAccount(recorded, wanting, await surroundings());
        await settled(wanting, { id: recorded.id, outputs });
        await settled(bare, recorded);
      });
    }

    it("frozen is reported and refused, and nobody unfreezes it but who froze it", async function () {
      if (subAccounts.hides?.value.includes("frozen")) this.skip();
      const inputs = declared();
      const recorded = await create(inputs);
      await world.control.freezeSubAccount(id, recorded.id, true);
      const observed = await observeSubAccount(recorded, await surroundings());
      assert.deepEqual(observed, { gone: false, drift: { status: "is frozen" } });
      await fails(create(inputs), "AccountBlocked");
      await fails(
        surroundings().then((around) => updateSubAccount(recorded, inputs, around)),
        "AccountBlocked",
      );
      await world.control.freezeSubAccount(id, recorded.id, false);
      await settled(inputs, recorded);
    });

    const { password } = subAccounts;
    it(password === undefined ? "has no login password made here" : "keeps its login password from everybody", async () => {
      const before = await world.control.secrets();
      const recorded = await create(declared());
      const given = (await world.control.secrets()).slice(before.length);
      assert.deepEqual(
        given.map(({ kind, apiKey }) => [kind, apiKey]),
        password === undefined ? [] : [["password", recorded.id]],
      );
      const everything = JSON.stringify([recorded, said, await world.control.requests()]);
      for (const { value } of given) {
        assert.equal(value.length, password?.value.length);
        assert.ok(!everything.includes(value));
      }
    });
  });
}
