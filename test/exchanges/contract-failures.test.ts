import assert from "node:assert/strict";
import { isKind } from "../../providers/src/core/errors";
import { Secret } from "../../providers/src/core/secret";
import type { ParentFacts } from "../../providers/src/exchanges/adapter";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import { contractCases } from "./contract-cases";
import { ADDRESS, ANOTHER, ContractWorld, fails } from "./contract-world";

const HOUR = 3_600_000;

/** Exchanges answer in any order. */
function sorted(facts: ParentFacts): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, Array.isArray(fact) ? fact.toSorted() : fact]));
}

for (const descriptor of DESCRIPTORS) {
  const { id } = descriptor;
  describe(`contract, when things fail: ${id}`, () => {
    const world = new ContractWorld(descriptor);
    const { having, assertSkips } = contractCases(descriptor);
    let subAccount: string;
    before(async () => {
      await world.start();
      [subAccount] = world.subAccounts;
    });
    after(() => world.stop());
    afterEach(() => world.clean());

    having("issue", "list")("a lost answer to an issue is an unknown outcome, sent once and found by listing", async () => {
      const adapter = await world.open();
      const wanted = world.spec();
      await world.control.addFault({ kind: "loseAnswer", exchange: id, operation: "issue" });
      await fails(adapter.issue(subAccount, wanted), "OutcomeUnknown");
      assert.equal(await world.sent("issue"), 1);
      assert.deepEqual(
        (await adapter.fresh(subAccount)).map((key) => key.label),
        [wanted.label],
      );
    });

    having(
      "issue",
      "list",
      "set",
      "revoke",
    )("lost answers to anything else are asked again", async () => {
      const adapter = await world.open();
      const wanted = world.spec();
      const { apiKey } = await adapter.issue(subAccount, wanted);
      for (const operation of ["list", "set", "revoke"] as const) {
        await world.control.addFault({ kind: "loseAnswer", exchange: id, operation });
      }
      assert.equal((await adapter.fresh(subAccount)).length, 1);
      await adapter.set(subAccount, apiKey, { ...wanted, ipWhitelist: [ANOTHER] });
      await adapter.revoke(subAccount, apiKey, wanted.passphrase);
      assert.deepEqual(await adapter.fresh(subAccount), []);
    });

    having("list")("waits when it is told to, and does not when that takes too long", async () => {
      const adapter = await world.open();
      const busy = { kind: "http", exchange: id, operation: "list", status: 429, body: "" } as const;
      await world.control.addFault({ ...busy, headers: { "retry-after": "0" } });
      assert.deepEqual(await adapter.fresh(subAccount), []);
      await world.control.addFault({ ...busy, headers: { "retry-after": "60" } });
      await assert.rejects(adapter.fresh(subAccount), (error) => isKind(error, "RateLimited") && error.retryAfterMs === 60_000);
    });

    having("issue", "list")("an exchange that is down leaves reads undone and issues unknown", async () => {
      const adapter = await world.open();
      const down = { kind: "http", exchange: id, status: 502, body: "<html>" } as const;
      await world.control.addFault({ ...down, operation: "list", times: 3 });
      await fails(adapter.fresh(subAccount), "Unavailable");
      // The circuit breaker has opened: what is not sent any more has a known outcome.
      await fails(adapter.issue(subAccount, world.spec()), "Unavailable");
      assert.equal(await world.sent("issue"), 0);
      await world.control.addFault({ ...down, operation: "issue" });
      await fails((await world.open()).issue(subAccount, world.spec()), "OutcomeUnknown");
    });

    having("issue", "list")("a clock that is wrong here does not matter", async () => {
      const adapter = await world.open({ clock: { now: () => new Date(Date.now() + HOUR) } });
      const { apiKey } = await adapter.issue(subAccount, world.spec());
      assert.ok(await world.seen(adapter, apiKey));
    });

    having("issue", "list")("a clock that moves on the way is measured again", async () => {
      let shift = 0;
      const adapter = await world.open({ clock: { now: () => new Date(Date.now() + shift) } });
      await adapter.list(subAccount);
      shift = HOUR;
      const { apiKey } = await adapter.issue(subAccount, world.spec());
      assert.ok(await world.seen(adapter, apiKey));
    });

    having("issue")("a clock that cannot be put right is named with both times", async () => {
      let asked = 0;
      // Jumps by an hour with each reading: no measurement holds.
      const now = (): Date => {
        asked += 1;
        return new Date(Date.UTC(2027, 0, 1) + asked * HOUR);
      };
      const adapter = await world.open({ clock: { now } });
      const time = /2027-01-0\dT.*20\d\d-\d\d-\d\dT/;
      await assert.rejects(
        adapter.issue(subAccount, world.spec()),
        (error) => isKind(error, "ClockSkew") && time.test(error.message),
      );
      assert.deepEqual(await world.control.keys(id), []);
    });

    // Where no code speaks of the address, it is not told from a key that is wrong.
    const forbidden = Object.values(descriptor.errors.value).includes("IpNotAllowed") ? "IpNotAllowed" : "AuthFailed";

    having(
      "issue",
      "list",
      "revoke",
      "inspectParent",
    )("a call from another address is refused and never taken for gone", async () => {
      const { endpoints } = await world.control.openDoor("127.0.0.99");
      const adapter = await world.open({ endpointOf: () => endpoints[id] ?? "" });
      const { apiKey } = await world.control.addKey(id, { subAccount, label: "byhand", ips: [ADDRESS] });
      await fails(adapter.list(subAccount), forbidden);
      await fails(adapter.issue(subAccount, world.spec()), forbidden);
      await fails(adapter.revoke(subAccount, apiKey, world.spec().passphrase), forbidden);
      await fails(adapter.inspectParent(), forbidden);
      if (adapter.find !== undefined) await fails(adapter.find(subAccount, apiKey), forbidden);
      assert.equal((await world.control.keys(id)).length, 1);
    });

    having("list", "revoke")("a wrong parent secret is refused and never taken for gone", async () => {
      const { runtime } = world;
      const wrong = async (reference: string): Promise<Secret> =>
        reference.endsWith(".secret") ? new Secret("wrong") : runtime.secretOf(reference);
      const adapter = await world.open({ secretOf: wrong });
      const { apiKey } = await world.control.addKey(id, { subAccount, label: "byhand", ips: [ADDRESS] });
      await fails(adapter.list(subAccount), "AuthFailed");
      await fails(adapter.revoke(subAccount, apiKey, world.spec().passphrase), "AuthFailed");
      if (adapter.find !== undefined) await fails(adapter.find(subAccount, apiKey), "AuthFailed");
    });

    having("issue", "list")("a sub-account of somebody else is refused, not empty", async () => {
      const adapter = await world.open();
      const foreign = subAccount
        .replace(/.$/, (last) => (last === "9" ? "8" : "9"))
        .replace(/^./, (first) => (first === "7" ? "8" : "7"));
      await fails(adapter.list(foreign), "PermissionDenied", "InvalidInput");
      await fails(adapter.issue(foreign, world.spec()), "PermissionDenied", "InvalidInput");
    });

    having("inspectParent")("a credential asks about itself through lost answers, waits and wrong clocks", async () => {
      const adapter = await world.open({ clock: { now: () => new Date(Date.now() - HOUR) } });
      const facts = sorted(await adapter.inspectParent());
      for (const fault of [
        { kind: "loseAnswer" },
        { kind: "http", status: 429, body: "", headers: { "retry-after": "0" } },
        { kind: "shuffle" },
      ] as const) {
        await world.control.addFault({ ...fault, exchange: id });
        assert.deepEqual(sorted(await adapter.inspectParent()), facts);
        assert.deepEqual(await world.control.faults(), []);
      }
      await world.control.addFault({ kind: "http", exchange: id, status: 502, body: "<html>", times: 3 });
      await fails(adapter.inspectParent(), "Unavailable");
    });

    having("inspectParent")("a credential that is refused is never taken for gone", async () => {
      const { runtime } = world;
      const { endpoints } = await world.control.openDoor("127.0.0.99");
      const elsewhere = await world.open({ endpointOf: () => endpoints[id] ?? "" });
      await fails(elsewhere.inspectParent(), forbidden);
      const secretOf = async (reference: string): Promise<Secret> =>
        reference.endsWith(".secret") ? new Secret("wrong") : runtime.secretOf(reference);
      // Where a secret has a form, what has none cannot even sign.
      await fails((await world.open({ secretOf })).inspectParent(), "AuthFailed", "CredentialsUnavailable");
    });

    assertSkips();
  });
}
