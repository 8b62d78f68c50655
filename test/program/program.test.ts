import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { KEY_TYPE } from "../../bench/checkpoint";
import type { Registration, Report } from "./child";
import { type Config, runProgram, STACK, stackConfig, stacksFolder } from "./run";

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

/** Section of the configuration → what its entries become, and what each gets that is not declared. */
const SECTIONS = {
  "desk:keys": {
    type: KEY_TYPE,
    handler: /require\("pulumi-exchange-keys\/handlers\/api-key"\)/,
    defaults: { rotate: { every: "30d", overlap: "24h" } },
  },
  "desk:adopted": {
    type: "pulumi-nodejs:dynamic/exchange-keys:AdoptedApiKey",
    handler: /require\("pulumi-exchange-keys\/handlers\/adopted-api-key"\)/,
    defaults: { subAccount: "master", maxAge: "90d", onOverdue: "error" },
  },
} as const;

type Section = keyof typeof SECTIONS;

function keysOf(config: Config, section: Section): readonly (readonly [string, DeskKey])[] {
  return Object.entries((config[section] ?? {}) as Record<string, DeskKey>);
}

function allKeysOf(config: Config): readonly (readonly [string, DeskKey])[] {
  return [...keysOf(config, "desk:keys"), ...keysOf(config, "desk:adopted")];
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

/** One answer of AWS for every resource of a type. */
function answers({ registered }: Report, type: string, property: string): readonly string[] {
  return registered.filter((one) => one.type === type).map(({ answered }) => answered[property] ?? "");
}

function documentIn(place: string, name: string): string {
  const parameter = /^(ssm:\/\/.*)(\?.*)$/.exec(place);
  return parameter === null ? `file://${resolve(place)}/${name}.json` : `${parameter[1]}/${name}${parameter[2]}`;
}

function inProject(seal: string): string {
  return seal.replace(/^local:\/\/(?!\/)(.+)$/, (_, path: string) => `local://${resolve(path)}`);
}

for (const stack of stacks) {
  describe(`the program of the stack ${stack}`, function () {
    // A process that loads the SDK.
    this.timeout(1_200_000);

    let config: Config = {};
    let report: Report;

    before(async () => {
      config = await stackConfig(stack);
      report = await runProgram({ config, env: plantedCredentials(config) });
    });

    it("runs", () => {
      assert.equal(report.failure, undefined);
    });

    it("loads @pulumi/aws only when it declares something of AWS", () => {
      const declares = Object.keys(config).some((name) => ["desk:egress", "desk:routes", "desk:sealingKey"].includes(name));
      assert.equal(report.awsLoaded, declares);
    });

    for (const [section, { type, handler, defaults }] of Object.entries(SECTIONS)) {
      const registered = (): readonly Registration[] => report.registered.filter((one) => one.type === type);

      it(`registers one resource for each key of ${section}, under its name`, () => {
        const names = keysOf(config, section as Section).map(([name]) => name);
        const found = registered().map(({ name }) => name);
        assert.deepEqual(found.sort(), names.sort());
      });

      it(`gives each of ${section} what is declared, the stack's environment and owner, and an exchange`, () => {
        const provisioned = answers(report, "aws:ec2/eip:Eip", "publicIp");
        const given = config["desk:addresses"] as Record<string, readonly string[]>;
        const addresses: Record<string, readonly string[]> = { egress: provisioned, ...given };
        const [arn] = answers(report, "aws:kms/key:Key", "arn");
        const seal = arn === undefined ? inProject(String(config["desk:seal"])) : `awskms:///${arn}`;
        for (const [name, { addresses: from, ...declared }] of keysOf(config, section as Section)) {
          const inputs = registered().find((one) => one.name === name)?.inputs ?? {};
          const { __provider, ...found } = inputs;
          assert.match(String(__provider), handler);
          assert.deepEqual(found, {
            ...defaults,
            name,
            ...declared,
            ipWhitelist: addresses[from],
            environment: config["exchange-keys:environment"],
            owner: config["exchange-keys:owner"],
            exchange: accountsOf(config)[declared.account]?.exchange,
            stack: STACK,
            seal,
            publish: documentIn(String(config["desk:publish"]), declared.name ?? name),
          });
        }
      });
    }

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
        allKeysOf(config)
          .map(([name]) => name)
          .sort(),
      );
      for (const one of Object.values(outputs)) {
        const unknown = Object.keys(one).filter(
          (field) => !["apiKey", "serial", "rotateAfter", "status", "document"].includes(field),
        );
        assert.deepEqual(unknown, []);
      }
    });
  });
}
