import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { root } from "../../scripts/setup/paths";
import { nodePrints } from "./child";

const installed = join(root, "node_modules/pulumi-exchange-keys/dist");

/**
 * Opens `id` as a run does, in a process of its own.
 * @param before code that runs first
 * @returns every script that the process has parsed, of both module systems: `require.cache` knows nothing of ccxt's modules
 */
async function scriptsAfterOpening(id: string, before = ""): Promise<readonly string[]> {
  const code = `
    ${before}
    const { openExchange } = require(${JSON.stringify(join(installed, "wire/open.js"))});
    const { descriptorOf } = require(${JSON.stringify(join(installed, "exchanges/registry.js"))});
    const { Secret } = require(${JSON.stringify(join(installed, "core/secret.js"))});
    const { Session } = require("node:inspector");
    const credentials = Object.fromEntries(descriptorOf(${JSON.stringify(id)}).credentials.map((field) => [field, "env:" + field]));
    const access = { environment: "sandbox", exchange: ${JSON.stringify(id)}, account: "parent", credentials };
    const runtime = {
      environment: "sandbox",
      clock: { now: () => new Date() },
      rateScale: 1,
      endpointOf: () => "https://127.0.0.1:1",
      secretOf: async () => new Secret("not-real"),
    };
    openExchange(access, runtime).then(() => {
      const session = new Session();
      session.connect();
      const urls = [];
      session.on("Debugger.scriptParsed", ({ params }) => urls.push(params.url));
      session.post("Debugger.enable");
      process.stdout.write(JSON.stringify(urls));
    });`;
  return (await nodePrints("--eval", code)) as readonly string[];
}

/** Exchanges of which something else than the facts is among the scripts. */
function adaptersIn(scripts: readonly string[]): readonly string[] {
  const found = scripts.map((script) => /pulumi-exchange-keys\/dist\/exchanges\/([^/]+)\/(?!descriptor\.js$)/.exec(script)?.[1]);
  return [...new Set(found.filter((id) => id !== undefined))];
}

/** ccxt's modules for exchanges. */
function clientsIn(scripts: readonly string[]): readonly string[] {
  return scripts.filter((script) => /\/ccxt\/js\/src\/[^/]+\.js$/.test(script)).map((script) => basename(script, ".js"));
}

describe("opening one exchange", function () {
  // Each case starts a Node process.
  this.timeout(300_000);
  let descriptors: readonly { readonly id: string; readonly client?: string }[];
  before(async () => {
    const code = `process.stdout.write(JSON.stringify(require(${JSON.stringify(join(installed, "exchanges/registry.js"))}).DESCRIPTORS))`;
    descriptors = (await nodePrints("--eval", code)) as typeof descriptors;
  });

  it("loads its own adapter and client, and those of no other", async () => {
    assert.ok(descriptors.length > 1);
    for (const { id, client = id } of descriptors) {
      const scripts = await scriptsAfterOpening(id);
      assert.deepEqual([adaptersIn(scripts), clientsIn(scripts)], [[id], [client]]);
    }
  });

  it("would show it if more were loaded", async () => {
    const [one = "", other = ""] = descriptors.map(({ id }) => id);
    const scripts = await scriptsAfterOpening(
      one,
      `require(${JSON.stringify(join(installed, "exchanges", other, "adapter.js"))});`,
    );
    assert.deepEqual([...adaptersIn(scripts)].sort(), [one, other].sort());
  });
});
