/**
 * What a key goes through, in the words of the table in `docs/sandbox-sdks.md`. `use`: its own call, where a person makes the keys.
 * `sub-account`: what its sub-account goes through, where programs make those.
 */
export const STEPS = ["create", "list", "update", "delete", "use", "sub-account"] as const;
export type Step = (typeof STEPS)[number];

/** One way in which an SDK takes a step. */
export interface SdkCall {
  readonly step: Step;
  /** The SDK's method. The tests call it by this name. */
  readonly method: string;
  /** What reaches the exchange, such as `POST /v1/keys/{key}`. The tests compare it with the sandbox's log. */
  readonly request: string;
  /** The SDK knows nothing of this request: it signs and sends whatever it is given. */
  readonly generic?: true;
}

/** A public client of an exchange that is not ccxt, and what the tests do with it. Written into `docs/sandbox-sdks.md`. */
export interface Sdk {
  readonly registry: "npm" | "PyPI";
  readonly name: string;
  /** Only where `package.json` does not say it. */
  readonly version?: string;
  readonly calls: Readonly<Record<string, SdkCall>>;
  /** What one should know before one uses it. */
  readonly notes?: readonly string[];
}

/** For an exchange that nobody has written a public SDK for. The sandbox is then held to requests of our own in `test/sandbox/`. */
export interface NoSdk {
  /** Where one was looked for, and when. */
  readonly none: string;
}
