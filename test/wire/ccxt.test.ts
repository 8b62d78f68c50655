import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { inspect } from "node:util";
import { Secret } from "../../providers/src/core/secret";
import { descriptorOf } from "../../providers/src/exchanges/registry";
import { openClient } from "../../providers/src/wire/ccxt";
import { Refused } from "../../providers/src/wire/refused";

const NOW = 1_763_800_000_000;
const CALL = { path: "brokerage/key_permissions", access: ["v3", "private"], method: "GET", params: {} } as const;

/** A client whose requests end up here. */
async function recording(apiKey: string, secret: string) {
  const sent: Readonly<Record<string, string>>[] = [];
  const client = await openClient({
    descriptor: descriptorOf("coinbase"),
    origin: "https://127.0.0.1:1",
    headers: {},
    now: () => NOW,
    credentials: { apiKey: new Secret(apiKey), secret: new Secret(secret) },
    transport: async (_, { headers = {} }) => {
      sent.push(headers);
      return { status: 200, statusText: "", headers: new Headers(), text: async () => "{}" };
    },
  });
  return { client, sent };
}

const claimsOf = (authorization = ""): { readonly nbf?: number; readonly exp?: number } =>
  JSON.parse(Buffer.from(authorization.split(".")[1] ?? "", "base64url").toString());

describe("the client", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = privateKey.export({ type: "sec1", format: "pem" }).toString();

  it("signs in seconds by the given clock, corrected, from a PEM with or without its last line break", async () => {
    for (const secret of [pem, pem.trimEnd()]) {
      const { client, sent } = await recording("organizations/o/apiKeys/k", secret);
      await client.request(CALL);
      client.correctClock(3_600_000);
      await client.request(CALL);
      const times = sent.map(({ Authorization }) => claimsOf(Authorization).nbf);
      assert.deepEqual(times, [NOW / 1000, NOW / 1000 - 3600]);
    }
  });

  it("says that a credential of the wrong form cannot sign, sends nothing and quotes nothing", async () => {
    const pkcs8 = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    for (const secret of ["wrong-not-real", pem.slice(0, 90), pkcs8, `${pem.slice(0, 100)}*${pem.slice(100)}`]) {
      const { client, sent } = await recording("organizations/o/apiKeys/k", secret);
      await assert.rejects(client.request(CALL), (error) => {
        assert.ok(error instanceof Refused);
        assert.deepEqual([error.facts.kind, error.facts.uncertain ?? false], ["CredentialsUnavailable", false]);
        assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes(secret.slice(40, 70) || secret));
        return true;
      });
      assert.deepEqual(sent, []);
    }
  });
});
