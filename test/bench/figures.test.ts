import assert from "node:assert/strict";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sandboxConfig } from "../../bench/sandbox-stack";
import { placeOf } from "../../bench/spread";
import { DynamicHost, type Held, type Properties } from "../../harness/dynamic-host";
import { parentVariables } from "../../harness/parents";
import { type StartedSandbox, startSandbox } from "../../sandbox/start";
import { root } from "../../scripts/setup/paths";
import { filesLoadedBy } from "../closure/child";
import { requestOf } from "../closure/doors";

/** What one act on one key costs, whatever the machine does: signed requests, syncs to the disk, and bytes of what is recorded. */
interface Cost {
  readonly requests: number;
  readonly syncs: number;
  readonly bytes: number;
}

/** Each figure is the most there may be. One that falls is written down here, so that it never rises again. */
const MODULES = { program: 88, "api-key": 75, "adopted-api-key": 75, "sub-account": 75 } as const;

/** By the run that does it, each with a host of its own, as a run of the CLI has. */
const LIMITS: Readonly<Record<string, Readonly<Record<"create" | "read" | "update", Cost>>>> = {
  bybit: {
    create: { requests: 6, syncs: 19, bytes: 1600 },
    read: { requests: 4, syncs: 0, bytes: 1600 },
    update: { requests: 6, syncs: 19, bytes: 2400 },
  },
  okx: {
    create: { requests: 6, syncs: 19, bytes: 1900 },
    read: { requests: 4, syncs: 0, bytes: 1900 },
    update: { requests: 6, syncs: 19, bytes: 2900 },
  },
};

function requireNoMore(found: Cost, most: Cost | undefined, act: string): void {
  assert.ok(found.requests > 0 && found.bytes > 0, `${act}: nothing was measured`);
  if (act !== "read") assert.ok(found.syncs > 0, `${act}: no sync was seen`);
  for (const name of ["requests", "syncs", "bytes"] as const) {
    assert.ok(found[name] <= (most?.[name] ?? 0), `${act}: ${found[name]} ${name}, where there may be ${most?.[name]}`);
  }
}

describe("what a start loads", function () {
  // Each case starts a Node process.
  this.timeout(300_000);

  for (const [what, most] of Object.entries(MODULES)) {
    it(`${what}: no more than ${most} modules of ours`, async () => {
      const request = what === "program" ? "pulumi-exchange-keys" : requestOf({ resource: "", handler: what });
      const ours = (await filesLoadedBy(request)).filter((file) => file.includes("/pulumi-exchange-keys/dist/"));
      assert.ok(ours.length > 10 && ours.length <= most, `${ours.length} modules`);
    });
  }
});

describe("what one key costs", function () {
  // A sandbox, and a provider's host for each exchange.
  this.timeout(300_000);

  let folder = "";
  let sandbox: StartedSandbox;
  let env: Readonly<Record<string, string>>;
  let config: Readonly<Record<string, string>>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "exchange-keys-"));
    const dir = join(folder, "sandbox");
    sandbox = await startSandbox({ dir, rateScale: 1000 });
    env = { EXCHANGE_KEYS_SANDBOX: join(dir, "sandbox.json"), ...(await parentVariables(dir)) };
    const { config: plain } = await sandboxConfig();
    const text = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
    config = Object.fromEntries(Object.entries(plain).map(([name, value]) => [name, text(value)]));
  });

  after(async () => {
    await sandbox?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  for (const [index, exchange] of Object.keys(LIMITS).entries()) {
    it(`${exchange}: no more requests, syncs and bytes than written down`, async () => {
      const { subAccount, scopes } = placeOf(index);
      await sandbox.control.addSubAccount(exchange, subAccount);
      const declared = (trigger: string): Properties => ({
        ...{ account: exchange, exchange, environment: "sandbox", owner: config["exchange-keys:owner"] },
        ...{ name: "figures", bot: "bench-1", purpose: "bench", stack: "figures", ipWhitelist: ["127.0.10.1"] },
        ...{ subAccount, scopes, rotate: { every: "30d", overlap: "24h", trigger } },
        ...{ seal: `local://${folder}/seal.key`, publish: `file://${folder}/${exchange}.json`, __provider: code },
      });
      const code = await readFile(join(root, "test", "closure", "golden", "provider.txt"), "utf8");
      const syncs = join(folder, `${exchange}.syncs`);
      const preload = [join(__dirname, "count-syncs-preload.cjs")];
      const measured = async (
        name: keyof (typeof LIMITS)[string],
        act: (host: DynamicHost) => Promise<Held | undefined>,
      ): Promise<Held> => {
        const host = await DynamicHost.start({ env: { ...env, EXCHANGE_KEYS_SYNCS: syncs }, config, preload });
        await sandbox.control.clearRequests();
        await writeFile(syncs, "");
        const held = await act(host).finally(() => host.stop());
        assert.ok(held, "the key is gone");
        const requests = (await sandbox.control.requests()).length;
        const done = (await readFile(syncs, "utf8")).split("\n").length - 1;
        // The folder's path stands in it twice.
        const bytes = Buffer.byteLength(JSON.stringify(held.properties)) - folder.length * 2;
        requireNoMore({ requests, syncs: done, bytes }, LIMITS[exchange]?.[name], name);
        return held;
      };
      const inputs = async (host: DynamicHost, olds: Properties, trigger: string): Promise<Properties> => {
        const checked = await host.check(olds, declared(trigger));
        assert.deepEqual(checked.failures, []);
        return checked.inputs;
      };
      let first: Properties = {};
      const made = await measured("create", async (host) => {
        first = await inputs(host, {}, "1");
        return await host.create(first);
      });
      await measured("read", (host) => host.read(made));
      await measured("update", async (host) => await host.update(made, await inputs(host, first, "2")));
    });
  }
});
