import assert from "node:assert/strict";
import { inspect } from "node:util";
import { KeyError } from "../../providers/src/core/errors";
import { lifetimeDays } from "../../providers/src/core/lifetime";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import { contractCases } from "./contract-cases";
import { ADDRESS, ANOTHER, ContractWorld, fails, scopesOf } from "./contract-world";

const DAY = 86_400_000;

/** Longer than any exchange's label, also where its documents name no length and the descriptor's is a cautious one. */
const FAR_TOO_LONG = 100;

/** Labels against an exchange's rules: too long for all that is known, and where its rules are documented the nearest ones. */
function refusedLabels({ label: { value, confirmed } }: Descriptor): readonly string[] {
  if (value === "none") return [];
  const forbidden = ["\n", "_", "é"].filter((character) => !new RegExp(`^${value.characters}$`).test(character));
  const near = ["a".repeat(value.max + 1), ...forbidden.map((character) => `a${character}`)];
  return ["a".repeat(value.max + FAR_TOO_LONG), ...(confirmed ? near : [])];
}

/** The largest page of any exchange holds 100. */
const MORE_THAN_A_PAGE = 105;

for (const descriptor of DESCRIPTORS) {
  const { id } = descriptor;
  describe(`contract: ${id}`, () => {
    const world = new ContractWorld(descriptor);
    const { having, labelled, assertSkips } = contractCases(descriptor);
    let subAccount: string;
    before(async () => {
      await world.start();
      [subAccount] = world.subAccounts;
    });
    after(() => world.stop());
    afterEach(() => world.clean());

    having("issue", "list")("what is issued is what is listed", async () => {
      const adapter = await world.open();
      const wanted = world.spec();
      const issued = await adapter.issue(subAccount, wanted);
      const key = await world.seen(adapter, issued.apiKey);
      assert.equal(key?.label, wanted.label);
      assert.deepEqual(scopesOf(key), [...wanted.scopes].sort());
      assert.deepEqual([key?.unknownFlags, key?.ipWhitelist, key?.expired], [[], [ADDRESS], false]);
      if (adapter.find !== undefined) assert.deepEqual(await adapter.find(subAccount, issued.apiKey), key);
      const secrets = await world.control.secrets();
      const given = secrets.filter((known) => known.apiKey === issued.apiKey).map((known) => known.value);
      assert.deepEqual(
        given,
        [issued.secret, issued.passphrase].flatMap((secret) => secret?.reveal() ?? []),
      );
      assert.equal(issued.passphrase?.reveal(), wanted.passphrase?.reveal());
      assert.ok(!inspect(issued, { depth: 9, showHidden: true }).includes(issued.secret?.reveal() ?? ""));
    });

    having("issue", "list")("a key that only reads, without addresses, ends when the descriptor says", async () => {
      const adapter = await world.open();
      const { apiKey } = await adapter.issue(subAccount, world.spec({ scopes: world.exactly(["read"]), ipWhitelist: [] }));
      const key = await world.seen(adapter, apiKey);
      assert.deepEqual([scopesOf(key), key?.ipWhitelist], [[...world.exactly(["read"])].sort(), []]);
      // One that was chosen is shown by no list.
      const days = descriptor.lifetimeDays === undefined ? lifetimeDays(descriptor, { ipWhitelist: [] }) : undefined;
      assert.equal(key?.expiresAt === undefined, days === undefined);
      if (days === undefined || key?.expiresAt === undefined || key.createdAt === undefined) return;
      assert.equal(Date.parse(key.expiresAt) - Date.parse(key.createdAt), days * DAY);
    });

    having(
      "issue",
      "list",
      "set",
    )("scopes and addresses change in place, and a second time nothing changes", async () => {
      const adapter = await world.open();
      const wanted = world.spec();
      const { apiKey } = await adapter.issue(subAccount, wanted);
      const other = { ...wanted, scopes: world.exactly(["read"]), ipWhitelist: [ANOTHER, ADDRESS] };
      for (const _ of ["once", "again"]) {
        await adapter.set(subAccount, apiKey, other);
        const key = await world.seen(adapter, apiKey);
        assert.equal(key?.label, wanted.label);
        assert.deepEqual([scopesOf(key), [...(key?.ipWhitelist ?? [])].sort()], [[...other.scopes].sort(), [ADDRESS, ANOTHER]]);
      }
      await adapter.set(subAccount, apiKey, wanted);
      assert.deepEqual(scopesOf(await world.seen(adapter, apiKey)), [...wanted.scopes].sort());
    });

    having(
      "issue",
      "list",
      "revoke",
    )("revoking twice succeeds, and takes only that key", async () => {
      const adapter = await world.open();
      const [one, two] = [await adapter.issue(subAccount, world.spec()), await adapter.issue(subAccount, world.spec())];
      await adapter.revoke(subAccount, one.apiKey, one.passphrase);
      await adapter.revoke(subAccount, one.apiKey, one.passphrase);
      assert.deepEqual(
        (await adapter.fresh(subAccount)).map((key) => key.apiKey),
        [two.apiKey],
      );
      assert.equal(await adapter.find?.(subAccount, one.apiKey), undefined);
    });

    having(
      "issue",
      "list",
      "set",
    )("a key that has come to its end is not taken for a living one", async () => {
      const adapter = await world.open();
      const wanted = world.spec({ scopes: world.exactly(["read"]), ipWhitelist: [] });
      const { apiKey } = await adapter.issue(subAccount, wanted);
      await adapter.set(subAccount, apiKey, wanted);
      const days = lifetimeDays(descriptor, { ipWhitelist: [] }) ?? 365;
      const lives = async (): Promise<boolean> => {
        const seen = await world.seen(adapter, apiKey);
        return seen?.expired === false && seen.blocked !== true;
      };
      try {
        await world.control.advance(`${days - 1}d`);
        assert.equal(await lives(), true);
        await world.control.advance("2d");
        assert.equal(await lives(), lifetimeDays(descriptor, { ipWhitelist: [] }) === undefined);
      } finally {
        await world.control.moveClock({ offsetMs: 0 });
      }
    });

    const [shortest] = descriptor.lifetimeDays?.value.choices ?? [];
    const choosing = shortest === undefined ? () => {} : having("issue", "list", "set");
    choosing("a lifetime that was chosen is kept, also through a change", async () => {
      const adapter = await world.open();
      const wanted = { ...world.spec(), lifetimeDays: shortest ?? 0 };
      const { apiKey } = await adapter.issue(subAccount, wanted);
      await adapter.set(subAccount, apiKey, wanted);
      const lives = async (): Promise<boolean> => {
        const seen = await world.seen(adapter, apiKey);
        return seen?.expired === false && seen.blocked !== true;
      };
      try {
        await world.control.advance(`${(shortest ?? 0) - 1}d`);
        assert.equal(await lives(), true);
        await world.control.advance("2d");
        assert.equal(await lives(), false);
      } finally {
        await world.control.moveClock({ offsetMs: 0 });
      }
    });

    const managedByPassphrase = descriptor.passphrase?.value.toManage === true ? having("list", "set", "revoke") : () => {};
    managedByPassphrase("a key whose passphrase is not known is left alone", async () => {
      const adapter = await world.open();
      const { passphrase: _, ...wanted } = world.spec();
      const { apiKey } = await world.control.addKey(id, { subAccount, label: "byhand", ips: [ADDRESS] });
      await fails(adapter.set(subAccount, apiKey, wanted), "CredentialsUnavailable");
      await fails(adapter.revoke(subAccount, apiKey), "CredentialsUnavailable");
      await assert.rejects(adapter.revoke(subAccount, apiKey, world.spec().passphrase), KeyError);
      assert.ok(await world.seen(adapter, apiKey));
      await world.control.removeKey(id, apiKey);
      await adapter.revoke(subAccount, apiKey);
    });

    having("list")("lists more keys than fit a page, and each sub-account its own", async () => {
      const adapter = await world.open();
      const made = [];
      for (let index = 0; index < MORE_THAN_A_PAGE; index += 1) {
        made.push(await world.control.addKey(id, { subAccount, label: `byhand${index}`, ips: [ADDRESS] }));
      }
      assert.deepEqual((await adapter.list(subAccount)).map((key) => key.apiKey).sort(), made.map((key) => key.apiKey).sort());
      assert.deepEqual(await adapter.list(world.subAccounts[1]), []);
    });

    having("issue", "list")("sees what was changed by hand", async () => {
      const adapter = await world.open();
      const { apiKey } = await adapter.issue(subAccount, world.spec());
      await world.control.editKey(id, apiKey, { ips: [ANOTHER] });
      assert.deepEqual((await world.seen(adapter, apiKey))?.ipWhitelist, [ANOTHER]);
      await world.control.removeKey(id, apiKey);
      assert.equal(await world.seen(adapter, apiKey), undefined);
    });

    having("issue", "list")("keeps to the exchange's pace", async () => {
      const adapter = await world.open();
      await Promise.all(Array.from({ length: 8 }, () => adapter.issue(subAccount, world.spec())));
      assert.equal((await adapter.list(subAccount)).length, 8);
      const codes = new Set((await world.control.requests()).map((request) => request.code));
      assert.deepEqual([...codes], descriptor.envelope.success);
    });

    having("list")("readers together cost one listing", async () => {
      const adapter = await world.open();
      await Promise.all(Array.from({ length: 20 }, () => adapter.list(subAccount)));
      assert.equal(await world.sent("list"), 1);
      assert.equal(await world.sent("time"), 1);
    });

    having("list")("so do looks together, which have to see what is there after they were asked for", async () => {
      const adapter = await world.open();
      await Promise.all(Array.from({ length: 20 }, () => adapter.fresh(subAccount)));
      assert.equal(await world.sent("list"), 1);
    });

    labelled("issue")("two keys under one label, where the exchange allows it", async () => {
      const adapter = await world.open();
      const wanted = world.spec();
      await adapter.issue(subAccount, wanted);
      const again = adapter.issue(subAccount, wanted);
      const form = descriptor.label.value;
      if (form !== "none" && form.unique) await fails(again, "LabelTaken");
      else await again;
    });

    labelled("issue", "list")("a label that the exchange does not take is refused as such, and nothing is made", async () => {
      const adapter = await world.open();
      for (const label of refusedLabels(descriptor)) {
        await fails(adapter.issue(subAccount, world.spec({ label })), "InvalidInput");
        assert.equal(await world.sent("issue"), 1);
        assert.deepEqual(await adapter.fresh(subAccount), []);
        await world.control.clearRequests();
      }
    });

    having("inspectParent")("the parent tells what it is", async () => {
      const parent = await (await world.open()).inspectParent();
      const hides = descriptor.parentHides?.value ?? [];
      assert.equal(parent.isMaster, hides.includes("isMaster") ? undefined : true);
      assert.ok(parent.scopes.includes("read") && !parent.scopes.includes("withdraw"));
      assert.deepEqual(parent.ipWhitelist, hides.includes("ipWhitelist") ? [] : ["127.0.0.1"]);
      assert.ok(hides.includes("ipWhitelist") ? parent.ipBound !== false : parent.ipBound === undefined);
      const others = [parent.isMaster, parent.ipBound, parent.createdAt].filter((fact) => fact !== undefined);
      if (others.length === 0) assert.ok(parent.subAccount, "then at least whose it is");
    });

    assertSkips();
  });
}
