import assert from "node:assert/strict";
import { type ErrorKind, isKind, KeyError } from "../../providers/src/core/errors";
import type { SubAccountInputs } from "../../providers/src/core/sub-account";
import type { NewSubAccount, ObservedSubAccount, SubAccountAdapter } from "../../providers/src/exchanges/adapter";
import type { Descriptor, Fact } from "../../providers/src/exchanges/descriptor";
import {
  createSubAccount,
  forgetSubAccount,
  observeSubAccount,
  updateSubAccount,
} from "../../providers/src/lifecycle/sub-account";
import { World } from "./world";

const INPUTS: SubAccountInputs = { environment: "sandbox", exchange: "somewhere", account: "main", name: "mmbot001" };

function fact<T>(value: T): Fact<T> {
  return { value, source: "made up", date: "2026-11-22", confirmed: true };
}

/** An exchange with sub-accounts in memory: its ids are not its names, and it asks for products to be enabled. */
class Exchange {
  readonly accounts = new Map<string, ObservedSubAccount>();
  readonly said: string[] = [];
  readonly log: string[] = [];
  readonly wanted: NewSubAccount[] = [];
  passwords = 0;
  /** Said to whoever enables something. */
  refusal: KeyError | undefined;
  /** What a new one has to have. */
  password: NonNullable<Descriptor["subAccounts"]>["password"];
  /** What becomes of the answer to the next creation. */
  lost: "before" | "after" | undefined;
  /** False where enabling changes nothing. */
  obeys = true;
  /** How many lists show nothing yet. */
  stale = 0;

  add(name: string, changes: Partial<ObservedSubAccount> = {}): ObservedSubAccount {
    const id = `id-${this.accounts.size + 1}`;
    const account = { id, name, uid: `9${this.accounts.size + 1}`, frozen: false, products: [], ...changes };
    this.accounts.set(account.id, account);
    return account;
  }

  private readonly subAccounts: SubAccountAdapter = {
    list: async () => {
      this.log.push("list");
      this.stale -= 1;
      return this.stale >= 0 ? [] : [...this.accounts.values()];
    },
    create: async (wanted) => {
      this.log.push("create");
      this.wanted.push(wanted);
      const { name } = wanted;
      const { lost } = this;
      this.lost = undefined;
      const made = lost === "before" ? undefined : this.add(name);
      if (lost !== undefined || made === undefined)
        throw new KeyError({ kind: "OutcomeUnknown", message: "the answer was lost" });
      return made;
    },
    enable: async ({ id }, product) => {
      this.log.push(`enable ${product}`);
      const account = this.accounts.get(id);
      if (account !== undefined && this.obeys) {
        this.accounts.set(id, { ...account, products: [...(account.products ?? []), product] });
      }
      if (this.refusal !== undefined) throw this.refusal;
    },
  };

  get surroundings() {
    const { surroundings } = new World();
    return {
      sleep: async () => void this.log.push("wait"),
      notice: (text: string) => void this.said.push(text),
      passphrase: (rules: { readonly length: number }) => {
        this.passwords += 1;
        return `password ${this.passwords} of ${rules.length} characters`;
      },
      exchange: async () => {
        const exchange = await surroundings.exchange(INPUTS);
        const { descriptor } = exchange.adapter;
        const name = fact({ pattern: "", hint: "", unique: true });
        const subAccounts = { name, ...(this.password === undefined ? {} : { password: this.password }) };
        const adapter = { ...exchange.adapter, descriptor: { ...descriptor, subAccounts }, subAccounts: this.subAccounts };
        return { ...exchange, adapter };
      },
    };
  }

  create(changes: Partial<SubAccountInputs> = {}) {
    return createSubAccount({ ...INPUTS, ...changes }, this.surroundings);
  }
}

async function fails(act: Promise<unknown>, kind: ErrorKind, said: RegExp): Promise<void> {
  await assert.rejects(act, (error) => isKind(error, kind) && said.test(error.message));
}

describe("a sub-account", () => {
  let exchange: Exchange;
  beforeEach(() => {
    exchange = new Exchange();
  });

  it("is made when it is not there, and its id is what keys ask for", async () => {
    const { id, outputs } = await exchange.create();
    assert.deepEqual([id, outputs], ["id-1", { ...INPUTS, made: true }]);
    assert.deepEqual(exchange.log, ["list", "create", "wait"]);
  });

  it("is used as it is when it is there, and said so", async () => {
    exchange.add("other");
    const { id } = exchange.add("mmbot001");
    assert.deepEqual(await exchange.create(), { id, outputs: { ...INPUTS, made: false } });
    assert.deepEqual(exchange.log, ["list"]);
    assert.match(exchange.said.join(), /sub-account "mmbot001" of "main" is there already and is used as it is/);
  });

  it("is found by its number, and never made by it", async () => {
    const { name: _, ...byNumber } = INPUTS;
    exchange.add("mmbot001");
    const found = await createSubAccount({ ...byNumber, uid: "91" }, exchange.surroundings);
    assert.equal(found.id, "id-1");
    await fails(createSubAccount({ ...byNumber, uid: "77" }, exchange.surroundings), "NotFound", /no sub-account with this uid/);
    await fails(exchange.create({ uid: "77" }), "NotFound", /no sub-account with this uid/);
    await fails(exchange.create({ uid: "91", name: "other01" }), "Conflict", /its name is another one/);
    assert.ok(!exchange.log.includes("create"));
  });

  it("is found again when the answer was lost", async () => {
    exchange.lost = "after";
    assert.equal((await exchange.create()).id, "id-1");
    assert.deepEqual(exchange.log, ["list", "create", "wait", "list"]);
    assert.equal(exchange.accounts.size, 1);
  });

  it("is made by the next run when it was not made by this one", async () => {
    exchange.lost = "before";
    await fails(exchange.create(), "OutcomeUnknown", /lost/);
    assert.equal((await exchange.create()).outputs.made, true);
    assert.equal(exchange.accounts.size, 1);
  });

  it("is a person's to say where two have its name, and may be said by id", async () => {
    exchange.add("mmbot001");
    exchange.add("mmbot001");
    await fails(exchange.create(), "Conflict", /more than one of this name: id-1, id-2.*Declare one of these as uid/);
    const { name: _, ...unnamed } = INPUTS;
    assert.equal((await createSubAccount({ ...unnamed, uid: "id-2" }, exchange.surroundings)).id, "id-2");
    assert.ok(!exchange.log.includes("create"));
  });

  it("is made with a password by the exchange's rules, another each time, that is then nowhere", async () => {
    exchange.password = fact({ length: 24, sets: ["abc", "123"] });
    const made = [await exchange.create({ remark: "desk" }), await exchange.create({ name: "mmbot002" })];
    const passwords = exchange.wanted.map(({ password }) => password?.reveal() ?? assert.fail());
    assert.deepEqual(passwords, ["password 1 of 24 characters", "password 2 of 24 characters"]);
    assert.deepEqual(
      exchange.wanted.map(({ name, remark }) => [name, remark]),
      [
        ["mmbot001", "desk"],
        ["mmbot002", undefined],
      ],
    );
    const kept = JSON.stringify([made, exchange.said, exchange.wanted]);
    for (const password of passwords) assert.ok(!kept.includes(password));
  });

  it("has no password where none is asked for", async () => {
    await exchange.create();
    assert.deepEqual(exchange.wanted, [{ name: "mmbot001" }]);
  });

  it("takes a refusal to enable what is enabled by then for what it is", async () => {
    exchange.refusal = new KeyError({ kind: "InvalidInput", message: "enabled already" });
    await exchange.create({ products: ["margin", "futures"] });
    assert.deepEqual(exchange.accounts.get("id-1")?.products, ["margin", "futures"]);
    exchange.obeys = false;
    await fails(exchange.create({ name: "mmbot002", products: ["margin"] }), "InvalidInput", /enabled already/);
    exchange.refusal = undefined;
    await fails(exchange.create({ name: "mmbot002", products: ["margin"] }), "Conflict", /margin cannot be seen to be enabled/);
  });

  it("gets what is declared enabled, once", async () => {
    const { id, outputs } = await exchange.create({ products: ["margin", "futures"] });
    assert.deepEqual(exchange.log.slice(2), ["wait", "enable margin", "enable futures", "wait", "list"]);
    exchange.log.length = 0;
    await updateSubAccount({ id, outputs }, { ...INPUTS, products: ["futures", "margin"] }, exchange.surroundings);
    assert.deepEqual(exchange.log, ["list"]);
  });

  it("that is frozen or gone is for a person to put right", async () => {
    const { id } = exchange.add("mmbot001", { frozen: true });
    await fails(exchange.create(), "AccountBlocked", /it is frozen.*never unfrozen here/);
    const recorded = { id, outputs: { ...INPUTS, made: true } };
    const seen = await observeSubAccount(recorded, exchange.surroundings);
    assert.deepEqual(seen, { gone: false, drift: { status: "is frozen" } });
    exchange.accounts.clear();
    await fails(updateSubAccount(recorded, INPUTS, exchange.surroundings), "NotFound", /gone from the exchange.*--refresh/);
  });

  it("is gone only when two lists agree", async () => {
    const { id } = exchange.add("mmbot001");
    const recorded = { id, outputs: { ...INPUTS, products: ["margin"], made: true } } as const;
    exchange.stale = 1;
    assert.deepEqual(await observeSubAccount(recorded, exchange.surroundings), { gone: false, drift: { products: "-margin" } });
    assert.deepEqual(exchange.log, ["list", "wait", "list"]);
    exchange.accounts.clear();
    assert.deepEqual(await observeSubAccount(recorded, exchange.surroundings), { gone: true });
  });

  it("is forgotten loudly", () => {
    forgetSubAccount({ id: "id-1", outputs: { ...INPUTS, made: true } }, exchange.surroundings);
    assert.match(exchange.said.join(), /"mmbot001" of "main" \(id-1\) STILL EXISTS at the exchange/);
  });
});
