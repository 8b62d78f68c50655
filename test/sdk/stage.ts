import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Agent } from "node:https";
import type { ControlClient } from "../../sandbox/control-client";
import type { NewKey } from "../../sandbox/control-schema";
import type { StartedSandbox } from "../../sandbox/start";
import { type Credential, parentOf } from "../sandbox/callers";
import { type TestSandbox, testSandbox } from "../sandbox/folders";
import type { Sdk } from "./sdk";

/** Addresses of bots. Nobody calls from them here. */
export const [BOT, OTHER_BOT] = ["127.0.10.1", "127.0.10.2"] as const;

/** What an SDK needs to reach one exchange of a sandbox. */
export interface Stage {
  /** Such as `https://127.0.0.1:4444`. */
  readonly endpoint: string;
  readonly parent: Credential;
  /** The parent's public id with a secret that is not its own, of the same form. */
  readonly forger: Credential;
  /** The file of the certificate to trust. */
  readonly ca: string;
  /** Trusts the sandbox. */
  readonly agent: Agent;
  /** A key made by a person, in the exchange's first sub-account. */
  keyByHand(key: Omit<NewKey, "subAccount">): Promise<Credential>;
  /** Compares the requests that the sandbox granted with those that the SDK's calls are said to make: no more, no fewer. */
  assertMade(sdk: Sdk): Promise<void>;
  end(): Promise<void>;
}

/** A sandbox with one exchange in view. */
export async function openStage(exchange: string): Promise<Stage> {
  const running: TestSandbox = await testSandbox({ rateScale: 1000 });
  const { sandbox } = running;
  const { ca, endpoints } = sandbox.files;
  const parent = parentOf(sandbox, exchange);
  const agent = new Agent({ ca: readFileSync(ca, "utf8"), minVersion: "TLSv1.3" });
  return {
    endpoint: endpoints[exchange] ?? assert.fail(`the sandbox has no ${exchange}`),
    parent,
    forger: { ...parent, secret: [...parent.secret].reverse().join("") },
    ca,
    agent,
    keyByHand: (key) =>
      keyByHand(sandbox.control, exchange, { ...key, subAccount: sandbox.files.subAccounts[exchange]?.[0] ?? "" }),
    assertMade: (sdk) => assertMade(sandbox, { exchange, sdk }),
    end: async () => {
      agent.destroy();
      await running.end();
    },
  };
}

async function keyByHand(control: ControlClient, exchange: string, key: NewKey): Promise<Credential> {
  const { apiKey } = await control.addKey(exchange, key);
  const known = (await control.secrets()).filter((secret) => secret.apiKey === apiKey);
  const value = (kind: string) => known.find((secret) => secret.kind === kind)?.value;
  const [secret, passphrase] = [value("secret") ?? assert.fail("no secret"), value("passphrase")];
  return { apiKey, secret, ...(passphrase === undefined ? {} : { passphrase }) };
}

async function assertMade(sandbox: StartedSandbox, { exchange, sdk }: { exchange: string; sdk: Sdk }): Promise<void> {
  const granted = (await sandbox.control.requests()).filter((request) => request.exchange === exchange && succeeded(request));
  const said = Object.values(sdk.calls).map(({ request }) => ({ request, form: formOf(request) }));
  const made = granted.map(({ method, path }) => {
    const actual = `${method} ${path}`;
    return said.find(({ form }) => form.test(actual))?.request ?? actual;
  });
  assert.deepEqual([...new Set(made)].sort(), said.map(({ request }) => request).sort());
}

/** Exchanges say success by code, one of them by status alone. */
function succeeded({ status, code }: { readonly status: number | null; readonly code: string | null }): boolean {
  return status !== null && status < 300 && (code === null || /^(?:0|200000|)$/.test(code));
}

/** Parts of a path in braces stand for anything. */
function formOf(request: string): RegExp {
  return new RegExp(`^${request.replace(/\{[^}]+\}/g, "[^/]+")}$`);
}
