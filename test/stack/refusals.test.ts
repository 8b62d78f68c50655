import assert from "node:assert/strict";
import { chmod, cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { diagnosticsIn } from "../../harness/diagnostics";
import type { Stack } from "../../harness/stack";
import { bybitKey, okxKey } from "./declared";
import { Stage } from "./stage";

const HOUR_MS = 3_600_000;
const EXCHANGES = ["bybit", "okx"] as const;

const UP = ["up", "--continue-on-error"] as const;

/** What the resource at each exchange must say. */
type Told = Readonly<Record<(typeof EXCHANGES)[number], RegExp>>;

/** What a checkpoint says of a resource that is a key. */
interface Recorded {
  readonly outputs?: { readonly sealed?: { readonly versions: readonly { readonly apiKey: string }[] } };
}

describe("a refusal at run time says what to do, loses nothing and is never taken for gone:", function () {
  this.timeout(1_200_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
    await stage.declare({ bybit: bybitKey(), okx: okxKey() });
    await stage.stack.up();
    await stage.assertServed();
    // Every up that follows has a rotation to do, and every refresh something to read.
    await stage.control.advance("30d");
  });
  after(() => stage.close());
  afterEach(async () => {
    await stage.control.clearFaults();
    await stage.assertServed();
  });

  /** Public ids that the keys in state hold. */
  async function recorded(): Promise<readonly string[]> {
    const text = await readFile(stage.stack.checkpoint, "utf8");
    const { resources }: { resources: Recorded[] } = JSON.parse(text).checkpoint.latest;
    return resources.flatMap(({ outputs }) => outputs?.sealed?.versions.map(({ apiKey }) => apiKey) ?? []).sort();
  }

  async function assertTold(told: Told, args: readonly string[], stack: Stack = stage.stack): Promise<void> {
    const ids = async (): Promise<readonly string[]> => (await stage.control.keys()).map(({ apiKey }) => apiKey);
    const before = { keys: await ids(), recorded: await recorded() };
    const run = await stack.run(...args, "--yes", "--skip-preview");
    assert.notEqual(run.code, 0);
    const said = diagnosticsIn(run);
    for (const exchange of EXCHANGES) assert.match(said.get(exchange) ?? "", told[exchange]);
    assert.doesNotMatch(run.stdout + run.stderr, /\n\s+at .*\.js:/, "no stack trace");
    assert.deepEqual({ keys: await ids(), recorded: await recorded() }, before);
  }

  async function assertRefused(told: Told, stack: Stack = stage.stack): Promise<void> {
    await assertTold(told, UP, stack);
    await assertTold(told, ["refresh"], stack);
  }

  it("the parent does not allow the address", async () => {
    for (const exchange of EXCHANGES) await stage.control.editParent(exchange, { ips: ["127.0.55.5"] });
    const both = /IpNotAllowed: the address this runs from is not in the parent key's whitelist .*Run from an address that/;
    await assertRefused({ bybit: both, okx: both });
    for (const exchange of EXCHANGES) await stage.control.editParent(exchange, { ips: ["127.0.0.1"] });
  });

  it("the parent lacks a permission", async () => {
    await stage.control.editParent("bybit", { permissions: { Spot: ["SpotTrade"] } });
    await stage.control.editParent("okx", { perm: "read_only" });
    await assertTold(
      {
        bybit: /issue: PermissionDenied: .*The parent must be a master key with AccountTransfer/,
        okx: /issue: PermissionDenied: .*Give the parent/,
      },
      UP,
    );
    await stage.control.editParent("bybit", { permissions: { Wallet: ["AccountTransfer", "SubMemberTransfer"] } });
    await stage.control.editParent("okx", { perm: "read_only,trade" });
  });

  it("a parent's credential is not one of a sandbox, and nothing of it leaves the machine's memory", async () => {
    const { env } = stage.stack.options;
    const real = {
      ...env,
      SANDBOX_BYBIT_SECRET: "production-secret-of-a-desk",
      SANDBOX_OKX_PASSPHRASE: "production-Passphrase1!",
    };
    await stage.control.clearRequests();
    await assertRefused(
      {
        bybit:
          /CredentialsUnavailable: the credential env:SANDBOX_BYBIT_SECRET does not begin with sandbox-, and .* takes no other/,
        okx: /CredentialsUnavailable: the credential env:SANDBOX_OKX_PASSPHRASE does not begin with sandbox-/,
      },
      stage.stack.with({ env: real }),
    );
    assert.deepEqual(await stage.control.requests(), []);
  });

  it("the parent's secret is wrong", async () => {
    const { env } = stage.stack.options;
    const wrong = {
      ...env,
      SANDBOX_BYBIT_SECRET: `sandbox-${"x".repeat(36)}`,
      SANDBOX_OKX_PASSPHRASE: `sandbox-${"x".repeat(28)}aA1!`,
    };
    await assertRefused(
      { bybit: /AuthFailed: .*\(code 10004\)\. Check what .* point to/, okx: /AuthFailed: .*The parent's passphrase is wrong/ },
      stage.stack.with({ env: wrong }),
    );
  });

  it("the parent's credential cannot be read", async () => {
    const [open, missing] = [join(stage.folder, "open.secret"), join(stage.folder, "missing.secret")];
    await cp(join(stage.folder, "sandbox", "parents", "bybit.secret"), open);
    await chmod(open, 0o644);
    const credentials = { apiKey: "env:SANDBOX_BYBIT_API_KEY", secret: `file:${open}` };
    await stage.declare(
      { bybit: bybitKey(), okx: okxKey() },
      {
        "exchange-keys:accounts": {
          "bybit-main": { exchange: "bybit", credentials },
          "okx-main": {
            exchange: "okx",
            credentials: { apiKey: "env:SANDBOX_OKX_API_KEY", secret: `file:${missing}`, passphrase: "env:NOT_SET_ANYWHERE" },
          },
        },
      },
    );
    await assertRefused({
      bybit: /CredentialsUnavailable: the credential file:\S+open\.secret is open to other users \(mode 644\)\. chmod 600 it/,
      okx: /CredentialsUnavailable: the credential (file:\S+ cannot be opened \(ENOENT\)|env:NOT_SET_ANYWHERE is not set)\. Make what/,
    });
    await stage.declare({ bybit: bybitKey(), okx: okxKey() });
  });

  it("the time is refused also after correction", async () => {
    const now = Date.parse((await stage.control.clock()).now) + HOUR_MS;
    const times = {
      bybit: { retCode: 0, retMsg: "OK", result: {}, time: now },
      okx: { code: "0", msg: "", data: [{ ts: String(now) }] },
    };
    for (const exchange of EXCHANGES) {
      await stage.control.addFault({ kind: "body", exchange, operation: "time", body: times[exchange], times: 100 });
    }
    const both = /ClockSkew: .* the clock here says \S+Z, the exchange's \S+Z .*Set the clock/;
    await assertRefused({ bybit: both, okx: both });
  });

  it("there were too many requests", async () => {
    const reset = String(Date.parse((await stage.control.clock()).now) + HOUR_MS);
    const busy = { kind: "http", operation: "inspect", times: 100 } as const;
    const body = { retCode: 10006, retMsg: "Too many visits!", result: {}, retExtInfo: {} };
    const headers = { "x-bapi-limit-reset-timestamp": reset };
    await stage.control.addFault({ ...busy, exchange: "bybit", status: 200, body, headers });
    await stage.control.addFault({ ...busy, exchange: "okx", status: 429, body: "", headers: { "retry-after": "60" } });
    await assertRefused({
      bybit: /RateLimited: too many requests \(code 10006\)\. It asks to wait 3[0-9]{3} s/,
      okx: /RateLimited: too many requests \(code HTTP 429\)\. It asks to wait 60 s/,
    });
  });

  it("the sub-account is full, or another key has the label", async () => {
    const { control } = stage;
    for (let key = 1; key < 50; key += 1) await control.addKey("okx", { subAccount: "mmbot001", label: `byhand${key}`, ips: [] });
    for (let key = 1; key < 20; key += 1) await control.addKey("bybit", { subAccount: "100001", label: "by hand", ips: [] });
    // Bybit documents no code for it: what comes is that of a wrong value, and the list says why.
    const bybit = /issue: LimitReached: sub-account 100001 holds 20 keys of probably 20, .*\(code 10001\)/;
    await assertTold({ bybit, okx: /issue: LimitReached: .*Revoke keys that nobody uses/ }, UP);
    // No list shows such a key: it came between the list and the issue.
    await control.addFault({ kind: "body", exchange: "okx", operation: "issue", body: { code: "59502", msg: "", data: [] } });
    await assertTold({ bybit, okx: /issue: LabelTaken: .*the next serial has another label/ }, UP);
    for (const { exchange, apiKey, label } of await control.keys())
      if (label.startsWith("by")) await control.removeKey(exchange, apiKey);
  });

  it("nothing was lost: with everything put right up rotates", async () => {
    await stage.stack.up();
    await stage.assertServed();
    await stage.control.advance("26h");
    await stage.stack.up();
    await stage.assertSettled();
  });
});
