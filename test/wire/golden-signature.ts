import assert from "node:assert/strict";
import { createHash, createHmac, createPublicKey, verify } from "node:crypto";
import type { Recorded } from "./loopback-server";

/** Never a real credential. */
export const DUMMY = { apiKey: "parent-key-0001", secret: "parent-secret-not-real", passphrase: "Parent-pass-1!" } as const;

type Credential = Readonly<Record<keyof typeof DUMMY, string>>;

/** Where a credential has a form of its own. */
interface OfCredential {
  readonly source: string;
  /** What differs from {@link DUMMY}. */
  readonly credential?: Partial<Credential>;
}

/**
 * How an exchange's documents say that a request is signed. `{names}` stand for what they name; `{target}` is path and query, and
 * `{signedPassphrase}` the passphrase, signed as the text is; `{bodySha512}` the hash of the body, hexadecimal; `{unsigned}` query and
 * body without the signature that ends them.
 */
export interface GoldenHmac extends OfCredential {
  readonly timestamp: "milliseconds" | "seconds" | "iso";
  /** Of the HMAC. @default "sha256" */
  readonly algorithm?: "sha256" | "sha512";
  /** Where the HMAC's key is not the secret's text but what that encodes. */
  readonly key?: "base64";
  readonly text: string;
  readonly encoding: "hex" | "base64";
  readonly headers: Readonly<Record<string, string>>;
}

/** The same for a token (JWT) that names its one request. It holds a random nonce, so it is looked into and not compared. */
export interface GoldenToken extends OfCredential {
  readonly token: {
    readonly algorithm: "ES256" | "EdDSA";
    /** PEM, of the secret in `credential`. */
    readonly publicKey: string;
    readonly issuers: readonly string[];
    /** Seconds. */
    readonly lifetime: number;
  };
}

export type GoldenSignature = GoldenHmac | GoldenToken;

/** How a request must be signed, computed from the documents and not by the client under test. */
export interface GoldenSigned {
  /** That it must carry. */
  readonly headers: Readonly<Record<string, string>>;
  /** A text with its `{names}` replaced by what they stand for in this request. */
  readonly fill: (text: string) => string;
}

export function credentialOf({ credential }: GoldenSignature): Credential {
  return { ...DUMMY, ...credential };
}

/** @throws AssertionError when the request's token is not what the documents ask for */
export function signedBy(rule: GoldenSignature, request: Recorded, now: number): GoldenSigned {
  return "token" in rule ? byToken(rule, request, now) : byHmac(rule, request, now);
}

function byHmac(rule: GoldenHmac, request: Recorded, now: number): GoldenSigned {
  const { method, path, query, body } = request;
  const credential = credentialOf(rule);
  const timestamps = { iso: new Date(now).toISOString(), milliseconds: now, seconds: Math.floor(now / 1000) };
  const timestamp = String(timestamps[rule.timestamp]);
  const target = query === "" ? path : `${path}?${query}`;
  const bodySha512 = createHash("sha512").update(body).digest("hex");
  const unsigned = (query + body).replace(/&signature=[^&]*$/, "");
  const values = new Map(Object.entries({ ...credential, timestamp, method, path, query, target, body, bodySha512, unsigned }));
  const fill = (text: string): string => text.replace(/\{(\w+)\}/g, (_, name: string) => values.get(name) ?? "");
  const { algorithm = "sha256" } = rule;
  const key = Buffer.from(credential.secret, rule.key ?? "utf8");
  const sign = (text: string): string => createHmac(algorithm, key).update(text).digest(rule.encoding);
  values.set("signature", sign(fill(rule.text)));
  values.set("signedPassphrase", sign(credential.passphrase));
  return { headers: Object.fromEntries(Object.entries(rule.headers).map(([name, text]) => [name, fill(text)])), fill };
}

function byToken(rule: GoldenToken, { method, path, headers }: Recorded, now: number): GoldenSigned {
  const { algorithm, publicKey, issuers, lifetime } = rule.token;
  const { apiKey } = credentialOf(rule);
  const sent = String(headers.authorization);
  const [, first = "", second = "", third = ""] = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(sent) ?? assert.fail("no token");
  const [{ alg, kid, typ, nonce }, claims] = [readPart(first), readPart(second)];
  assert.deepEqual({ alg, kid, typ }, { alg: algorithm, kid: apiKey, typ: "JWT" });
  assert.match(String(nonce), /^.{16,}$/);
  const { sub, iss, nbf, exp, uri, uris = [uri] } = claims;
  const seconds = Math.floor(now / 1000);
  assert.deepEqual({ sub, nbf, exp }, { sub: apiKey, nbf: seconds, exp: seconds + lifetime });
  assert.ok(issuers.includes(String(iss)));
  assert.deepEqual(uris, [`${method} ${headers.host}${path}`]);
  const dsaEncoding = "ieee-p1363";
  const hash = algorithm === "ES256" ? "sha256" : null;
  const key = { key: createPublicKey(publicKey), ...(hash === null ? {} : ({ dsaEncoding } as const)) };
  assert.ok(verify(hash, Buffer.from(`${first}.${second}`), key, Buffer.from(third, "base64url")), "the signature");
  return { headers: {}, fill: (text) => text };
}

function readPart(part: string): Readonly<Record<string, unknown>> {
  return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
}
