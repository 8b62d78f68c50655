import { verify } from "node:crypto";
import { z } from "zod";
import { isListed } from "../../addresses";
import type { Call } from "../../exchange";
import { unauthorized } from "./errors";
import type { CoinbaseKey, CoinbaseState } from "./state";

/** A token lives at most this many seconds. */
const LIFETIME = 120;

const head = z.object({
  alg: z.enum(["ES256", "EdDSA"]),
  kid: z.string(),
  nonce: z.string().min(1),
  typ: z.literal("JWT").optional(),
});

/** `uri` is documented; `uris` and the second issuer are what a widely used client sends. */
const claims = z.object({
  sub: z.string(),
  iss: z.enum(["cdp", "coinbase-cloud"]),
  nbf: z.int(),
  exp: z.int(),
  uri: z.string().optional(),
  uris: z.array(z.string()).optional(),
});

interface Token {
  readonly head: z.output<typeof head>;
  readonly claims: z.output<typeof claims>;
  /** The part that is signed. */
  readonly signed: string;
  readonly signature: Buffer;
}

/** Whose call this is. @throws Refusal, always the same one, when it is not proven, late, or from an address the key does not know */
export function authenticate(call: Call, state: CoinbaseState): CoinbaseKey {
  const token = readToken(call);
  const key = state.keys.get(token.head.kid);
  if (key === undefined || token.claims.sub !== key.apiKey || token.head.alg !== key.algorithm) throw unauthorized();
  if (!isSigned(token, key)) throw unauthorized();
  checkTime(token, state.world.clock.now() / 1000);
  const target = `${call.method} ${call.headers.get("host")}${call.path}`;
  if (![token.claims.uri, ...(token.claims.uris ?? [])].includes(target)) throw unauthorized();
  if (key.ips.length > 0 && !isListed(call.callerAddress, key.ips)) throw unauthorized();
  return key;
}

/** The key that a call names, proven or not. */
export function namedKey(call: Call): string | undefined {
  const [, first = ""] = parts(call);
  return head.safeParse(parseJson(first)).data?.kid;
}

function readToken(call: Call): Token {
  const [, first = "", second = "", third = ""] = parts(call);
  const [read, said] = [head.safeParse(parseJson(first)), claims.safeParse(parseJson(second))];
  if (!read.success || !said.success) throw unauthorized();
  return { head: read.data, claims: said.data, signed: `${first}.${second}`, signature: Buffer.from(third, "base64url") };
}

function parts(call: Call): readonly string[] {
  return /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/.exec(call.headers.get("authorization") ?? "") ?? [];
}

function isSigned({ signed, signature }: Token, { publicKey, algorithm }: CoinbaseKey): boolean {
  const text = Buffer.from(signed);
  if (algorithm === "EdDSA") return verify(null, text, publicKey, signature);
  return verify("sha256", text, { key: publicKey, dsaEncoding: "ieee-p1363" }, signature);
}

/** @param now seconds */
function checkTime({ claims: { nbf, exp } }: Token, now: number): void {
  if (nbf > now || exp <= now || exp - nbf > LIFETIME) throw unauthorized();
}

function parseJson(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    // No JSON has no form of a token either.
    return undefined;
  }
}
