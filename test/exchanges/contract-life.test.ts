import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DESCRIPTORS } from "../../providers/src/exchanges/registry";
import * as handler from "../../providers/src/handlers/api-key";
import type { StartedSandbox } from "../../sandbox/start";
import { contractCases } from "./contract-cases";
import { ADDRESS, Life } from "./life";

const OTHER = "127.0.10.2";

for (const descriptor of DESCRIPTORS) {
  const { id } = descriptor;
  describe(`contract, a whole life: ${id}`, function () {
    this.timeout(1_200_000);
    let folder = "";
    let sandbox: StartedSandbox | undefined;
    let life: Life;
    const { having, labelled, assertSkips } = contractCases(descriptor);
    const whole = having("issue", "list", "set", "revoke");

    before(async () => {
      if (descriptor.operations.issue.can !== "yes") return;
      life = await Life.begin(descriptor);
      ({ sandbox, folder } = life);
    });

    after(async () => {
      if (folder !== "") await life.end();
    });

    whole("issued: the bot's call is let in from its address only; again nothing changes", async () => {
      assert.equal(await life.up(), true);
      const key = await life.open();
      assert.equal(await life.call(key), "accepted");
      assert.notEqual(await life.call(key, OTHER), "accepted");
      assert.equal(await life.up(), false);
      await life.refresh();
      assert.equal(await life.up(), false);
    });

    whole("addresses added and removed in place, by the same key", async () => {
      const key = await life.open();
      const both = { ipWhitelist: [ADDRESS, OTHER] };
      assert.equal(await life.up(both), true);
      assert.deepEqual([await life.call(key), await life.call(key, OTHER)], ["accepted", "accepted"]);
      assert.equal(await life.up(both), false);
      assert.equal(await life.up(), true);
      assert.notEqual(await life.call(key, OTHER), "accepted");
      assert.equal((await life.open()).apiKey, key.apiKey);
    });

    whole("a change by hand is seen and set back", async () => {
      const { apiKey } = await life.open();
      await sandbox?.control.editKey(id, apiKey, { ips: [ADDRESS, "127.0.66.6"] });
      await sandbox?.control.clearRequests();
      await life.up({ tags: { look: "again" } });
      assert.deepEqual(await sandbox?.control.requests(), [], "a change of words reaches no exchange");
      await waitForFreshListing();
      await life.refresh();
      assert.match(JSON.stringify(life.state?.observed), /ipWhitelist \+127\.0\.66\.6/);
      assert.equal(await life.up(), true);
      const key = (await sandbox?.control.keys(id))?.find((one) => one.apiKey === apiKey);
      assert.deepEqual(key?.ips, [ADDRESS]);
      assert.equal(await life.up(), false);
    });

    whole("rotated: both versions work in the overlap, one after it", async () => {
      const old = await life.open();
      await sandbox?.control.advance("30d");
      assert.equal(await life.up(), true);
      const fresh = await life.open();
      assert.equal(fresh.serial, old.serial + 1);
      assert.deepEqual([await life.call(old), await life.call(fresh)], ["accepted", "accepted"]);
      assert.equal(await life.up(), false);
      await sandbox?.control.advance("26h");
      assert.equal(await life.up(), true);
      assert.notEqual(await life.call(old), "accepted");
      assert.equal(await life.call(fresh), "accepted");
      assert.deepEqual(await life.living(), [fresh.apiKey]);
      assert.equal(await life.up(), false);
    });

    whole("an answer lost after an issue makes no twin", async () => {
      await sandbox?.control.addFault({ kind: "loseAnswer", exchange: id, operation: "issue", times: 1 });
      const rotate = { every: "30d", overlap: "0", trigger: "lost" };
      assert.equal(await life.up({ rotate }), true);
      assert.deepEqual(await life.living(), [(await life.open()).apiKey]);
      assert.equal(await life.up({ rotate }), false);
    });

    const besideOthers = labelled("issue", "list", "set", "revoke");
    besideOthers("a full sub-account is an error, and the current version keeps working", async () => {
      const subAccount = String(life.declared.subAccount);
      const quota = descriptor.limits.keysPerSubAccount.value;
      const [own] = (await sandbox?.control.keys(id)) ?? [];
      for (let number = (await life.living()).length; number < quota; number += 1) {
        await sandbox?.control.addKey(id, { subAccount, label: `byhand${number}`, ips: [ADDRESS] });
      }
      const rotate = { every: "30d", overlap: "0", trigger: "full" };
      await assert.rejects(life.up({ rotate }), /issue: LimitReached: /);
      assert.equal(await life.call(await life.open()), "accepted");
      for (const key of (await sandbox?.control.keys(id)) ?? []) {
        if (key.apiKey !== own?.apiKey) await sandbox?.control.removeKey(id, key.apiKey);
      }
    });

    whole("deleted: nothing is left, a second time too, and no secret was ever in a property", async () => {
      const document = await readFile(join(folder, "mm.json"), "utf8");
      assert.ok(life.state);
      await handler.delete(life.id, life.state);
      await handler.delete(life.id, life.state);
      assert.deepEqual(await life.living(), []);
      const secrets = (await sandbox?.control.secrets()) ?? [];
      assert.ok(secrets.length > 3);
      for (const { value } of secrets) assert.ok(!life.printed.includes(value) && !document.includes(value));
    });

    whole("journaled: with what the exchange calls its answers, where it says so", async () => {
      const journal = join(folder, "journal");
      const texts = await Promise.all((await readdir(journal)).map((name) => readFile(join(journal, name), "utf8")));
      const named = texts.join("").match(/"kind":"outcome"[^\n]*"requests":\["/g) ?? [];
      assert.equal(named.length > 5, descriptor.requestIdHeader !== undefined, `${named.length} are named`);
    });

    assertSkips();
  });
}

/** Reads may share a listing of up to five seconds; a change by hand is older than that only after a change of our own, or this. */
async function waitForFreshListing(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5100));
}
