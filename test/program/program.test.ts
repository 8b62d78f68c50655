import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { KEY_TYPE } from "../../bench/checkpoint";
import type { Registration, Report } from "./child";
import { type Config, runProgram, stackConfig, stacksFolder } from "./run";

interface DeskKey {
  readonly addresses: string;
  readonly account: string;
  readonly name?: string;
}

interface Account {
  readonly exchange: string;
  readonly credentials: Readonly<Record<string, string>>;
}

const stacks = readdirSync(stacksFolder).flatMap((file) => /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1] ?? []);

function keysOf(config: Config): readonly (readonly [string, DeskKey])[] {
  return Object.entries(config["desk:keys"] as Record<string, DeskKey>);
}

function accountsOf(config: Config): Readonly<Record<string, Account>> {
  return config["exchange-keys:accounts"] as Record<string, Account>;
}

/** Every variable that a stack's credential references name, with a value that can be found again. */
function plantedCredentials(config: Config): Readonly<Record<string, string>> {
  const references = Object.values(accountsOf(config)).flatMap(({ credentials }) => Object.values(credentials));
  const names = references.filter((reference) => reference.startsWith("env:")).map((reference) => reference.slice("env:".length));
  return Object.fromEntries(names.map((name) => [name, `planted-${name}`]));
}

for (const stack of stacks) {
  describe(`the program of the stack ${stack}`, function () {
    // A process that loads the SDK.
    this.timeout(120_000);

    let config: Config = {};
    let report: Report;
    let registered: readonly Registration[] = [];

    before(async () => {
      config = await stackConfig(stack);
      report = await runProgram({ config, env: plantedCredentials(config) });
      registered = report.registered.filter(({ type }) => type === KEY_TYPE);
    });

    it("runs", () => {
      assert.equal(report.failure, undefined);
    });

    it("registers one ApiKey for each key of the configuration, under its name", () => {
      assert.deepEqual(
        registered.map(({ name }) => name).sort(),
        keysOf(config)
          .map(([name]) => name)
          .sort(),
      );
    });

    it("gives each what is declared, the stack's environment and owner, and an exchange", () => {
      const addresses = config["desk:addresses"] as Record<string, readonly string[]>;
      for (const [name, { addresses: from, ...declared }] of keysOf(config)) {
        const inputs = registered.find((one) => one.name === name)?.inputs ?? {};
        const { __provider, ...found } = inputs;
        assert.match(String(__provider), /require\("pulumi-exchange-keys\/handlers\/api-key"\)/);
        assert.deepEqual(found, {
          rotate: { every: "30d", overlap: "24h" },
          name,
          ...declared,
          ipWhitelist: addresses[from],
          environment: config["exchange-keys:environment"],
          owner: config["exchange-keys:owner"],
          exchange: accountsOf(config)[declared.account]?.exchange,
          seal: String(config["desk:seal"]).replace(/^local:\/\/(?!\/)(.+)$/, (_, path: string) => `local://${resolve(path)}`),
          publish: `file://${resolve(String(config["desk:publish"]))}/${declared.name ?? name}.json`,
        });
      }
    });

    it("hands no parent credential on, neither its value nor its reference", () => {
      const printed = JSON.stringify(report);
      const references = Object.values(accountsOf(config)).flatMap(({ credentials }) => Object.values(credentials));
      for (const reference of references) assert.ok(!printed.includes(reference), reference);
      for (const [name, value] of Object.entries(plantedCredentials(config))) assert.ok(!printed.includes(value), name);
    });

    it("exports public facts of each key, and nothing else", () => {
      const outputs = report.outputs as Record<string, object>;
      assert.deepEqual(
        Object.keys(outputs).sort(),
        keysOf(config)
          .map(([name]) => name)
          .sort(),
      );
      for (const one of Object.values(outputs)) {
        const unknown = Object.keys(one).filter((field) => !["apiKey", "serial", "rotateAfter", "document"].includes(field));
        assert.deepEqual(unknown, []);
      }
    });
  });
}
