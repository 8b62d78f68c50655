import assert from "node:assert/strict";
import type { SubAccountAdapter } from "../../providers/src/exchanges/adapter";
import { DESCRIPTORS, loadAdapter } from "../../providers/src/exchanges/registry";
import { ContractWorld, fails } from "./contract-world";

/** Fits every exchange's rules for a name; numbered, because some never take one twice. */
let counter = 0;
function freshName(): string {
  counter += 1;
  return `newbot${String(counter).padStart(3, "0")}`;
}

for (const descriptor of DESCRIPTORS) {
  const { id, subAccounts } = descriptor;
  describe(`contract of sub-accounts: ${id}`, () => {
    it("has what its descriptor speaks of, and nothing else", async () => {
      const adapter = (await loadAdapter(id))({ call: async () => assert.fail("no request is needed to open") });
      assert.equal(adapter.subAccounts !== undefined, subAccounts !== undefined);
      assert.equal(adapter.subAccounts?.enable !== undefined, subAccounts?.products !== undefined);
    });

    if (subAccounts === undefined) return;
    const world = new ContractWorld(descriptor);
    before(() => world.start());
    after(() => world.stop());
    afterEach(() => world.clean());

    async function open(): Promise<SubAccountAdapter> {
      const adapter = await world.open();
      assert.ok(adapter.subAccounts !== undefined);
      return adapter.subAccounts;
    }

    it("lists those that are there, by what keys are asked for by", async () => {
      const listed = await (await open()).list();
      for (const subAccount of world.subAccounts) {
        assert.equal(listed.find((one) => one.id === subAccount)?.frozen, false);
      }
    });

    it("what is made is what is listed, and can have keys", async () => {
      const adapter = await world.open();
      const made = await adapter.subAccounts?.create(world.newSubAccount(freshName()));
      assert.ok(made !== undefined);
      assert.match(made.name, new RegExp(subAccounts.name.value.pattern));
      assert.match(made.id, new RegExp(descriptor.subAccount.value.pattern));
      const listed = (await adapter.subAccounts?.list())?.find((one) => one.id === made.id);
      assert.deepEqual({ ...listed, ...made }, listed);
      assert.ok(world.subAccounts.every((id) => id !== made.id));
      const { apiKey } = await adapter.issue(made.id, world.spec());
      assert.deepEqual(
        (await adapter.fresh(made.id)).map((key) => key.apiKey),
        [apiKey],
      );
    });

    const { unique } = subAccounts.name.value;
    it(`a name that is taken ${unique ? "is refused, and makes no twin" : "makes a twin, which is why the list is read first"}`, async () => {
      const adapter = await open();
      const name = freshName();
      const again = async () => adapter.create(world.newSubAccount(name));
      const { id } = await again();
      if (unique) await fails(again(), "Conflict", "InvalidInput");
      else assert.notEqual((await again()).id, id);
      assert.equal((await adapter.list()).filter((one) => one.name === name).length, unique ? 1 : 2);
    });

    it("a name of another form is refused, and makes nothing", async () => {
      const adapter = await open();
      const before = (await adapter.list()).length;
      for (const name of ["no name!", "n1".repeat(40)]) {
        assert.doesNotMatch(name, new RegExp(subAccounts.name.value.pattern));
        await fails(adapter.create(world.newSubAccount(name)), "BadResponse", "InvalidInput");
      }
      assert.equal((await adapter.list()).length, before);
    });

    it("one that is frozen is said to be, until it is not, unless no list tells", async () => {
      const adapter = await open();
      const [, other] = world.subAccounts;
      if (subAccounts.hides?.value.includes("frozen")) {
        await assert.rejects(world.control.freezeSubAccount(id, other, true), /shows no frozen sub-accounts/);
        return;
      }
      const frozen = async () => (await adapter.list()).filter((one) => one.frozen).map(({ id: one }) => one);
      await world.control.freezeSubAccount(id, other, true);
      assert.deepEqual(await frozen(), [other]);
      await world.control.freezeSubAccount(id, other, false);
      assert.deepEqual(await frozen(), []);
    });

    for (const product of subAccounts.products?.value ?? []) {
      it(`${product} is enabled by one call, seen by the next list, and repeated without harm`, async () => {
        const adapter = await open();
        const made = await adapter.create(world.newSubAccount(freshName()));
        const seen = async () => (await adapter.list()).find((one) => one.id === made.id)?.products;
        assert.deepEqual(await seen(), []);
        await world.control.addFault({ kind: "loseAnswer", exchange: id, operation: "enable" });
        await Promise.allSettled([adapter.enable?.(made, product)]);
        assert.deepEqual(await seen(), [product]);
        for (let time = 0; time < 3; time += 1) await Promise.allSettled([adapter.enable?.(made, product)]);
        assert.deepEqual(await seen(), [product]);
      });
    }

    it("a lost answer is an unknown outcome, sent once and found by name", async () => {
      const adapter = await open();
      const name = freshName();
      await world.control.addFault({ kind: "loseAnswer", exchange: id, operation: "createSubAccount" });
      await fails(adapter.create(world.newSubAccount(name)), "OutcomeUnknown");
      assert.equal(await world.sent("createSubAccount"), 1);
      assert.equal((await adapter.list()).filter((one) => one.name === name).length, 1);
    });

    it("a lost list is asked for again", async () => {
      const adapter = await open();
      await world.control.addFault({ kind: "loseAnswer", exchange: id, operation: "listSubAccounts" });
      assert.ok((await adapter.list()).length >= world.subAccounts.length);
    });

    it("lists more than fit a page, each once", async () => {
      const adapter = await open();
      const before = (await adapter.list()).length;
      const made = Array.from({ length: 130 }, () => freshName());
      for (const name of made) await adapter.create(world.newSubAccount(name));
      const listed = await adapter.list();
      assert.equal(listed.length, before + made.length);
      assert.equal(new Set(listed.map((one) => one.id)).size, listed.length);
    }).timeout(60_000);

    it("refusals are never an empty list", async () => {
      const { endpoints } = await world.control.openDoor("127.0.0.99");
      const adapter = await world.open({ endpointOf: () => endpoints[id] ?? "" });
      await assert.rejects(async () => await adapter.subAccounts?.list(), /IpNotAllowed|AuthFailed/);
    });
  });
}
