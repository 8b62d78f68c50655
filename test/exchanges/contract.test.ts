import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { type ErrorKind, isKind } from "../../providers/src/core/errors";
import { Secret } from "../../providers/src/core/secret";
import type { Scope } from "../../providers/src/core/words";
import type { KeySpec, ObservedKey } from "../../providers/src/exchanges/adapter";
import type { Descriptor } from "../../providers/src/exchanges/descriptor";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import { effectiveScopes } from "../../providers/src/exchanges/scopes";
import { type Runtime, readRuntime } from "../../providers/src/runtime/runtime";
import type { SharedAdapter } from "../../providers/src/wire/listing";
import { openExchange } from "../../providers/src/wire/open";
import { type StartedSandbox, startSandbox } from "../../sandbox/start";

const ADDRESS = "203.0.113.7";
const ANOTHER = "203.0.113.8";
const HOUR = 3_600_000;

let sandbox: StartedSandbox;
let folder: string;
let accounts = 0;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "contract-"));
  sandbox = await startSandbox({ dir: folder, rateScale: 50, seed: 1 });
});
after(async () => {
  await sandbox.stop();
  rmSync(folder, { recursive: true });
});

/** A parent of its own for each case, so that nothing is shared between cases but the exchange. */
async function open({ id, credentials }: Descriptor, change: Partial<Runtime> = {}): Promise<SharedAdapter> {
  accounts += 1;
  const runtime = readRuntime("sandbox", { EXCHANGE_KEYS_SANDBOX: join(folder, "sandbox.json") });
  const references = Object.fromEntries(credentials.map((field) => [field, `file:${join(folder, "parents", `${id}.${field}`)}`]));
  const access = { environment: "sandbox", exchange: id, account: `parent-${accounts}`, credentials: references } as const;
  return openExchange(access, { ...runtime, ...change });
}

/** The narrowest declaration that holds `wanted`. */
function exactly({ grants }: Descriptor, wanted: readonly Scope[]): readonly Scope[] {
  const plan = effectiveScopes(grants.value, wanted);
  return plan.kind === "exact" ? plan.effective : [...wanted, ...plan.additions];
}

function passphraseOf({ passphrase }: Descriptor): { readonly passphrase?: Secret } {
  if (passphrase === undefined) return {};
  const { sets, length } = passphrase.value;
  const pick = (set: string): string => set.charAt(randomInt(set.length));
  return { passphrase: new Secret(Array.from({ length }, (_, index) => pick(sets[index % sets.length] ?? "")).join("")) };
}

const scopesOf = (key: ObservedKey | undefined): readonly string[] => [...(key?.scopes ?? [])].sort();

for (const descriptor of DESCRIPTORS) {
  const { id } = descriptor;
  describe(`contract: ${id}`, () => {
    let subAccount: string;
    let labels = 0;
    const spec = (change: Partial<KeySpec> = {}): KeySpec => {
      labels += 1;
      const label = `xkcontract${String(labels).padStart(4, "0")}`;
      return {
        label,
        scopes: exactly(descriptor, ["read", "spot"]),
        ipWhitelist: [ADDRESS],
        ...passphraseOf(descriptor),
        ...change,
      };
    };
    const seen = async (adapter: SharedAdapter, apiKey: string): Promise<ObservedKey | undefined> =>
      (await adapter.fresh(subAccount)).find((key) => key.apiKey === apiKey);
    const fails = async (act: Promise<unknown>, ...kinds: readonly ErrorKind[]): Promise<void> => {
      await assert.rejects(act, (error) => isKind(error, ...kinds));
    };
    const sent = async (operation: string): Promise<number> =>
      (await sandbox.control.requests()).filter((request) => request.operation === operation).length;

    beforeEach(async () => {
      [subAccount = ""] = sandbox.files.subAccounts[id] ?? [];
      await sandbox.control.clearFaults();
      await sandbox.control.clearRequests();
    });
    afterEach(async () => {
      for (const key of await sandbox.control.keys(id)) await sandbox.control.removeKey(id, key.apiKey);
    });

    it("what is issued is what is listed", async () => {
      const adapter = await open(descriptor);
      const wanted = spec();
      const issued = await adapter.issue(subAccount, wanted);
      const key = await seen(adapter, issued.apiKey);
      assert.equal(key?.label, wanted.label);
      assert.deepEqual(scopesOf(key), [...wanted.scopes].sort());
      assert.deepEqual([key?.unknownFlags, key?.ipWhitelist, key?.expired], [[], [ADDRESS], false]);
      if (adapter.find !== undefined) assert.deepEqual(await adapter.find(subAccount, issued.apiKey), key);
      const secrets = await sandbox.control.secrets();
      const given = secrets.filter((known) => known.apiKey === issued.apiKey).map((known) => known.value);
      assert.deepEqual(
        given,
        [issued.secret, issued.passphrase].flatMap((secret) => secret?.reveal() ?? []),
      );
      assert.equal(issued.passphrase?.reveal(), wanted.passphrase?.reveal());
      assert.ok(!inspect(issued, { depth: 9, showHidden: true }).includes(issued.secret.reveal()));
    });

    it("a key that only reads, without addresses, ends when the descriptor says", async () => {
      const adapter = await open(descriptor);
      const { apiKey } = await adapter.issue(subAccount, spec({ scopes: exactly(descriptor, ["read"]), ipWhitelist: [] }));
      const key = await seen(adapter, apiKey);
      assert.deepEqual([scopesOf(key), key?.ipWhitelist], [[...exactly(descriptor, ["read"])].sort(), []]);
      const days = descriptor.unboundExpiryDays?.value;
      assert.equal(key?.expiresAt === undefined, days === undefined);
      if (days === undefined || key?.expiresAt === undefined || key.createdAt === undefined) return;
      assert.equal(Date.parse(key.expiresAt) - Date.parse(key.createdAt), days * 24 * HOUR);
    });

    it("scopes and addresses change in place, and a second time nothing changes", async () => {
      const adapter = await open(descriptor);
      const wanted = spec();
      const { apiKey } = await adapter.issue(subAccount, wanted);
      const other = { ...wanted, scopes: exactly(descriptor, ["read"]), ipWhitelist: [ANOTHER, ADDRESS] };
      for (const _ of ["once", "again"]) {
        await adapter.set(subAccount, apiKey, other);
        const key = await seen(adapter, apiKey);
        assert.equal(key?.label, wanted.label);
        assert.deepEqual([scopesOf(key), [...(key?.ipWhitelist ?? [])].sort()], [[...other.scopes].sort(), [ADDRESS, ANOTHER]]);
      }
      await adapter.set(subAccount, apiKey, wanted);
      assert.deepEqual(scopesOf(await seen(adapter, apiKey)), [...wanted.scopes].sort());
    });

    it("revoking twice succeeds, and takes only that key", async () => {
      const adapter = await open(descriptor);
      const [one, two] = [await adapter.issue(subAccount, spec()), await adapter.issue(subAccount, spec())];
      await adapter.revoke(subAccount, one.apiKey);
      await adapter.revoke(subAccount, one.apiKey);
      assert.deepEqual(
        (await adapter.fresh(subAccount)).map((key) => key.apiKey),
        [two.apiKey],
      );
      assert.equal(await adapter.find?.(subAccount, one.apiKey), undefined);
    });

    it("lists more keys than fit a page, and each sub-account its own", async () => {
      const adapter = await open(descriptor);
      const made = [];
      for (let index = 0; index < 25; index += 1) {
        made.push(await sandbox.control.addKey(id, { subAccount, label: `byhand${index}`, ips: [ADDRESS] }));
      }
      assert.deepEqual((await adapter.list(subAccount)).map((key) => key.apiKey).sort(), made.map((key) => key.apiKey).sort());
      assert.deepEqual(await adapter.list(sandbox.files.subAccounts[id]?.[1] ?? ""), []);
    });

    it("sees what was changed by hand", async () => {
      const adapter = await open(descriptor);
      const { apiKey } = await adapter.issue(subAccount, spec());
      await sandbox.control.editKey(id, apiKey, { ips: [ANOTHER] });
      assert.deepEqual((await seen(adapter, apiKey))?.ipWhitelist, [ANOTHER]);
      await sandbox.control.removeKey(id, apiKey);
      assert.equal(await seen(adapter, apiKey), undefined);
    });

    it("a lost answer to an issue is an unknown outcome, sent once and found by label", async () => {
      const adapter = await open(descriptor);
      const wanted = spec();
      await sandbox.control.addFault({ kind: "loseAnswer", exchange: id, operation: "issue" });
      await fails(adapter.issue(subAccount, wanted), "OutcomeUnknown");
      assert.equal(await sent("issue"), 1);
      assert.deepEqual(
        (await adapter.fresh(subAccount)).map((key) => key.label),
        [wanted.label],
      );
    });

    it("lost answers to anything else are asked again", async () => {
      const adapter = await open(descriptor);
      const wanted = spec();
      const { apiKey } = await adapter.issue(subAccount, wanted);
      for (const operation of ["list", "set", "revoke"] as const) {
        await sandbox.control.addFault({ kind: "loseAnswer", exchange: id, operation });
      }
      assert.equal((await adapter.fresh(subAccount)).length, 1);
      await adapter.set(subAccount, apiKey, { ...wanted, ipWhitelist: [ANOTHER] });
      await adapter.revoke(subAccount, apiKey);
      assert.deepEqual(await adapter.fresh(subAccount), []);
    });

    it("waits when it is told to, and does not when that takes too long", async () => {
      const adapter = await open(descriptor);
      const busy = { kind: "http", exchange: id, operation: "list", status: 429, body: "" } as const;
      await sandbox.control.addFault({ ...busy, headers: { "retry-after": "0" } });
      assert.deepEqual(await adapter.fresh(subAccount), []);
      await sandbox.control.addFault({ ...busy, headers: { "retry-after": "60" } });
      await assert.rejects(adapter.fresh(subAccount), (error) => isKind(error, "RateLimited") && error.retryAfterMs === 60_000);
    });

    it("an exchange that is down leaves reads undone and issues unknown", async () => {
      const adapter = await open(descriptor);
      const down = { kind: "http", exchange: id, status: 502, body: "<html>" } as const;
      await sandbox.control.addFault({ ...down, operation: "list", times: 3 });
      await fails(adapter.fresh(subAccount), "Unavailable");
      await sandbox.control.addFault({ ...down, operation: "issue" });
      await fails(adapter.issue(subAccount, spec()), "OutcomeUnknown");
    });

    it("keeps to the exchange's pace", async () => {
      const adapter = await open(descriptor);
      await Promise.all(Array.from({ length: 8 }, () => adapter.issue(subAccount, spec())));
      assert.equal((await adapter.list(subAccount)).length, 8);
      const codes = new Set((await sandbox.control.requests()).map((request) => request.code));
      assert.deepEqual([...codes], descriptor.envelope.success);
    });

    it("readers together cost one listing", async () => {
      const adapter = await open(descriptor);
      await Promise.all(Array.from({ length: 20 }, () => adapter.list(subAccount)));
      assert.equal(await sent("list"), 1);
      assert.equal(await sent("time"), 1);
    });

    it("a clock that is wrong here does not matter", async () => {
      const adapter = await open(descriptor, { clock: { now: () => new Date(Date.now() + HOUR) } });
      const { apiKey } = await adapter.issue(subAccount, spec());
      assert.ok(await seen(adapter, apiKey));
    });

    it("a clock that moves on the way is measured again", async () => {
      let shift = 0;
      const adapter = await open(descriptor, { clock: { now: () => new Date(Date.now() + shift) } });
      await adapter.list(subAccount);
      shift = HOUR;
      const { apiKey } = await adapter.issue(subAccount, spec());
      assert.ok(await seen(adapter, apiKey));
    });

    it("a clock that cannot be put right is named with both times", async () => {
      let asked = 0;
      // Jumps by an hour with each reading: no measurement holds.
      const now = (): Date => {
        asked += 1;
        return new Date(Date.UTC(2027, 0, 1) + asked * HOUR);
      };
      const adapter = await open(descriptor, { clock: { now } });
      const time = /2027-01-0\dT.*20\d\d-\d\d-\d\dT/;
      await assert.rejects(adapter.issue(subAccount, spec()), (error) => isKind(error, "ClockSkew") && time.test(error.message));
      assert.deepEqual(await sandbox.control.keys(id), []);
    });

    it("a call from another address is refused and never taken for gone", async () => {
      const { endpoints } = await sandbox.control.openDoor("127.0.0.99");
      const adapter = await open(descriptor, { endpointOf: () => endpoints[id] ?? "" });
      const { apiKey } = await sandbox.control.addKey(id, { subAccount, label: "byhand", ips: [ADDRESS] });
      await fails(adapter.list(subAccount), "IpNotAllowed");
      await fails(adapter.issue(subAccount, spec()), "IpNotAllowed");
      await fails(adapter.revoke(subAccount, apiKey), "IpNotAllowed");
      await fails(adapter.inspectParent(), "IpNotAllowed");
      if (adapter.find !== undefined) await fails(adapter.find(subAccount, apiKey), "IpNotAllowed");
      assert.equal((await sandbox.control.keys(id)).length, 1);
    });

    it("a wrong parent secret is refused and never taken for gone", async () => {
      const runtime = readRuntime("sandbox", { EXCHANGE_KEYS_SANDBOX: join(folder, "sandbox.json") });
      const wrong = async (reference: string): Promise<Secret> =>
        reference.endsWith(".secret") ? new Secret("wrong") : runtime.secretOf(reference);
      const adapter = await open(descriptor, { secretOf: wrong });
      const { apiKey } = await sandbox.control.addKey(id, { subAccount, label: "byhand", ips: [ADDRESS] });
      await fails(adapter.list(subAccount), "AuthFailed");
      await fails(adapter.revoke(subAccount, apiKey), "AuthFailed");
      if (adapter.find !== undefined) await fails(adapter.find(subAccount, apiKey), "AuthFailed");
    });

    it("a sub-account of somebody else is refused, not empty", async () => {
      const adapter = await open(descriptor);
      const foreign = subAccount
        .replace(/.$/, (last) => (last === "9" ? "8" : "9"))
        .replace(/^./, (first) => (first === "7" ? "8" : "7"));
      await fails(adapter.list(foreign), "PermissionDenied");
      await fails(adapter.issue(foreign, spec()), "PermissionDenied");
    });

    it("two keys under one label, where the exchange allows it", async () => {
      const adapter = await open(descriptor);
      const wanted = spec();
      await adapter.issue(subAccount, wanted);
      const again = adapter.issue(subAccount, wanted);
      if (descriptor.label.value.unique) await fails(again, "LabelTaken");
      else await again;
    });

    it("the parent tells what it is", async () => {
      const parent = await (await open(descriptor)).inspectParent();
      assert.equal(parent.isMaster, true);
      assert.ok(parent.scopes.includes("read") && !parent.scopes.includes("withdraw"));
      assert.deepEqual(parent.ipWhitelist, ["127.0.0.1"]);
    });
  });
}
