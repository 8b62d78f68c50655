import { createHmac, createPrivateKey, type KeyObject, randomBytes, sign } from "node:crypto";
import { request } from "undici";
import type { StartedSandbox } from "../../sandbox/start";
import { agentFrom, type Body, type Credential, sandboxTime, wayOf } from "./callers";

/** A request, signed by hand from the documents of one family or the other. */
export interface CoinbaseCall {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly from?: string;
  /** Put in the place of what the documents ask for. */
  readonly head?: Readonly<Record<string, unknown>>;
  readonly claims?: Readonly<Record<string, unknown>>;
  /** Added to the headers, or put in their place. An empty one is left out. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CoinbaseReply {
  readonly status: number;
  /** Parsed, or the text where it is plain. */
  readonly body: Body;
}

export type CoinbaseCaller = (call: CoinbaseCall) => Promise<CoinbaseReply>;

/** Where an Ed25519 key of 32 bytes stands in its PKCS#8 form. */
const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

/** Advanced Trade: a token for each request, by whichever of the two kinds of key this is. */
export function advancedTrade(sandbox: StartedSandbox, credential: Credential, from?: string): CoinbaseCaller {
  const key = privateKey(credential.secret);
  const alg = key.asymmetricKeyType === "ed25519" ? "EdDSA" : "ES256";
  return async ({ method = "GET", path, head, claims, ...call }) => {
    const { endpoint, send } = await way(sandbox, "coinbase", call.from ?? from);
    const now = Math.floor((await sandboxTime(sandbox)) / 1000);
    const uri = `${method} ${new URL(endpoint).host}${path.split("?")[0]}`;
    const nonce = randomBytes(8).toString("hex");
    const first = part({ alg, kid: credential.apiKey, nonce, typ: "JWT", ...head });
    const second = part({ sub: credential.apiKey, iss: "cdp", nbf: now, exp: now + 120, uri, ...claims });
    const text = Buffer.from(`${first}.${second}`);
    const signature = alg === "EdDSA" ? sign(null, text, key) : sign("sha256", text, { key, dsaEncoding: "ieee-p1363" });
    const own = { Authorization: `Bearer ${text}.${signature.toString("base64url")}` };
    return send({ method, path, text: textOf(call.body), headers: { ...own, ...call.headers } });
  };
}

/** Exchange: four headers. `claims.timestamp` is in seconds. */
export function exchange(sandbox: StartedSandbox, credential: Credential, from?: string): CoinbaseCaller {
  return async ({ method = "GET", path, claims, ...call }) => {
    const { send } = await way(sandbox, "coinbaseexchange", call.from ?? from);
    const timestamp = String(claims?.timestamp ?? (await sandboxTime(sandbox)) / 1000);
    const text = textOf(call.body);
    const secret = Buffer.from(credential.secret, "base64");
    const own = {
      "CB-ACCESS-KEY": credential.apiKey,
      "CB-ACCESS-SIGN": createHmac("sha256", secret)
        .update(timestamp + method + path + text)
        .digest("base64"),
      "CB-ACCESS-TIMESTAMP": timestamp,
      "CB-ACCESS-PASSPHRASE": credential.passphrase ?? "",
    };
    return send({ method, path, text, headers: { ...own, ...call.headers } });
  };
}

/** The credential of a key that a person made, as the portal would show it once. */
export async function shownOnce(sandbox: StartedSandbox, apiKey: string): Promise<Credential> {
  const known = (await sandbox.control.secrets()).filter((secret) => secret.apiKey === apiKey);
  const value = (kind: string) => known.find((secret) => secret.kind === kind)?.value;
  const passphrase = value("passphrase");
  return { apiKey, secret: value("secret") ?? "", ...(passphrase === undefined ? {} : { passphrase }) };
}

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function way(sandbox: StartedSandbox, id: string, from = "127.0.0.1") {
  const { origin = sandbox.files.endpoints[id] ?? "", from: address } = await wayOf(sandbox, id, { from });
  const send = async ({ method, path, text, headers }: Sent): Promise<CoinbaseReply> => {
    const dispatcher = agentFrom(sandbox, address);
    const all = Object.entries({ "Content-Type": "application/json", ...headers }).filter(([, value]) => value !== "");
    const init = { method: method as "GET", headers: Object.fromEntries(all), dispatcher, body: text === "" ? null : text };
    try {
      const answer = await request(`${origin}${path}`, init);
      const answered = await answer.body.text();
      const json = String(answer.headers["content-type"]).startsWith("application/json");
      return { status: answer.statusCode, body: json ? JSON.parse(answered) : answered };
    } finally {
      await dispatcher.close();
    }
  };
  return { endpoint: origin, send };
}

function privateKey(secret: string): KeyObject {
  if (secret.startsWith("-----BEGIN")) return createPrivateKey(secret);
  const seed = Buffer.from(secret, "base64").subarray(0, 32);
  return createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: "der", type: "pkcs8" });
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

const textOf = (body: unknown): string => (body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body));
