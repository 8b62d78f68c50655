import { KeyError } from "../core/errors";
import type { Wire, WireRequest } from "../exchanges/adapter";
import type { Breaker } from "./breaker";
import type { Client } from "./ccxt";
import type { Limiter, Timer } from "./limiter";
import { Refused, type RefusedFacts } from "./refused";
import { bestOf, type Clocks, ServerClock, SURE_MS } from "./server-clock";

/** Tries of a request in all. An unsafe one is sent again only when it was certainly not carried out. */
const TRIES = 3;

/** First pause between tries. Doubled each time, and shortened at random by up to half. */
const PAUSE_MS = 200;

/** A longer wait than this is the caller's to decide. */
const LONGEST_WAIT_MS = 5000;

export interface WireParts {
  readonly exchange: string;
  /** Public id of the credential that the client signs with. */
  readonly parentKey?: string;
  readonly client: Client;
  readonly limiter: Limiter;
  readonly breaker: Breaker;
  readonly timer: Timer;
  /** Milliseconds since 1970, by our clock. */
  readonly now: () => number;
  /** Milliseconds that nobody sets, to tell how long something took. @default this process's own */
  readonly elapsed?: () => number;
}

/** A wire that tells how the exchange's clock goes, and when a request leaves. */
export interface ClockedWire extends Wire {
  /** @param leaves called when the request's turn has come, before anything of it is sent. Again when it is sent again */
  call(request: WireRequest, leaves?: () => void): Promise<unknown>;
  /** By how many milliseconds our clock is ahead of the exchange's, as it was measured last. Asks when nobody has asked yet. @throws KeyError */
  clockDifference(): Promise<number>;
}

/** The way out of one parent credential: everything that adapters must not do. */
export function createWire(parts: WireParts): ClockedWire {
  const clock = new ServerClock(() => measure(parts));
  return {
    ...(parts.parentKey === undefined ? {} : { parentKey: parts.parentKey }),
    call: async (request, leaves = () => undefined) => {
      const way = { ms: 0, leaves };
      try {
        return isSigned(request)
          ? await sendSigned({ ...parts, way }, clock, request)
          : await attempt({ ...parts, way }, request);
      } catch (error) {
        throw toKeyError(error, { request, exchange: parts.exchange, clocks: clock.last });
      }
    },
    clockDifference: async () => {
      try {
        const { ours, theirs } = await clock.known();
        return ours - theirs;
      } catch (error) {
        throw toKeyError(error, { request: TIME, exchange: parts.exchange, clocks: undefined });
      }
    },
  };
}

/** ccxt calls what it does not sign `public`, in a path of names too. What it signs may have any name. */
function isSigned({ access }: WireRequest): boolean {
  return [access].flat()[0] !== "public";
}

/** How often a request is signed that was refused for its time: once more, and more often only where it was late on its way. */
const SIGNINGS = 3;

/** No exchange refuses a request for having been on its way for less. */
const LATE_MS = 3000;

/** What is known of a request under way. */
interface Way {
  /** How long the last try was on its way, from its signature to its answer. */
  ms: number;
  readonly leaves: () => void;
}

type OnTheWay = WireParts & { readonly way: Way };

async function sendSigned(parts: OnTheWay, clock: ServerClock, request: WireRequest): Promise<unknown> {
  for (let signing = 1; ; signing += 1) {
    const before = await clock.known();
    try {
      return await attempt(parts, request);
    } catch (error) {
      if (!isRefused(error, "ClockSkew")) throw error;
      const late = parts.way.ms > LATE_MS || before.roundTripMs > 2 * SURE_MS;
      if (late && signing === SIGNINGS) throw tooLate(error);
      if (!late && signing > 1) throw error;
      // Refused for its time means not carried out, so even an unsafe request may be signed anew.
      await clock.newer(before);
    }
  }
}

/** A clock that was measured well, and a request that took long: then it is the way that is wrong, and no clock. */
function tooLate({ facts }: Refused): Refused {
  const message = "the exchange refuses the request as too late: this machine, or the way to the exchange, is too slow";
  const hint = "Nothing was carried out. Run again when the machine is less busy.";
  return new Refused({ ...facts, kind: "Unavailable", message, hint, uncertain: false });
}

async function measure(parts: WireParts): Promise<Clocks> {
  const clocks = await bestOf(() => retried(parts, TIME, () => sampled(parts)));
  parts.client.correctClock(clocks.ours - clocks.theirs);
  return clocks;
}

/** Timed from both ends: half of its way belongs to each. */
async function sampled({ client, now, elapsed = PROCESS_CLOCK }: WireParts): Promise<Clocks> {
  const [before, begun] = [now(), elapsed()];
  const theirs = await client.time();
  const roundTripMs = elapsed() - begun;
  return { ours: Math.round((before + now()) / 2), theirs, roundTripMs };
}

function attempt(parts: OnTheWay, request: WireRequest): Promise<unknown> {
  const { elapsed = PROCESS_CLOCK, way } = parts;
  return retried(parts, request, async () => {
    way.leaves();
    const begun = elapsed();
    try {
      return await parts.client.request(request);
    } finally {
      way.ms = elapsed() - begun;
    }
  });
}

const PROCESS_CLOCK = (): number => performance.now();

const TIME = { operation: "time", safe: true } as const;

type Asked = Pick<WireRequest, "operation" | "lane" | "safe"> | typeof TIME;

async function retried<T>(parts: WireParts, asked: Asked, send: () => Promise<T>): Promise<T> {
  const lane = "lane" in asked ? (asked.lane ?? asked.operation) : asked.operation;
  for (let left = TRIES - 1; ; left -= 1) {
    requireOpen(parts.limiter, lane);
    await parts.limiter.turn(lane);
    // Somebody before us in the queue may have been told to wait.
    requireOpen(parts.limiter, lane);
    const turn = parts.timer.now();
    try {
      const answer = await parts.breaker.through(send);
      parts.limiter.answered(lane, parts.timer.now() - turn);
      return answer;
    } catch (error) {
      if (!mayRepeat(error, asked)) throw error;
      const { retryAfterMs = 0 } = error.facts;
      if (retryAfterMs > LONGEST_WAIT_MS) parts.limiter.shut(lane, retryAfterMs);
      else if (retryAfterMs > 0) parts.limiter.hold(lane, retryAfterMs);
      if (left === 0 || retryAfterMs > LONGEST_WAIT_MS) throw error;
      const pause = PAUSE_MS * 2 ** (TRIES - 1 - left);
      await parts.timer.wait(pause * (1 - Math.random() / 2));
    }
  }
}

/**
 * If an exchange asks for a longer wait than anybody here has, nothing is sent to it until then. Whoever continues is banned, and each
 * caller of a queue would be refused. @throws Refused `RateLimited`, certain and marked `unasked`
 */
function requireOpen(limiter: Limiter, lane: string): void {
  const retryAfterMs = limiter.shutFor(lane);
  if (retryAfterMs === 0) return;
  const message = `the exchange asked for a wait: nothing is sent to it for another ${Math.ceil(retryAfterMs / 1000)} s`;
  throw new Refused({ kind: "RateLimited", message, retryAfterMs, unasked: true });
}

/** What was refused for its pace was not carried out, so even an unsafe request may be sent again. */
function mayRepeat(error: unknown, { safe }: Asked): error is Refused {
  if (isRefused(error, "RateLimited")) return true;
  return safe && isRefused(error, "Unavailable") && error.facts.unasked !== true;
}

function isRefused(error: unknown, ...kinds: readonly RefusedFacts["kind"][]): error is Refused {
  return error instanceof Refused && kinds.includes(error.facts.kind);
}

interface Failure {
  readonly request: Asked;
  readonly exchange: string;
  readonly clocks: Clocks | undefined;
}

function toKeyError(error: unknown, { request, exchange, clocks }: Failure): KeyError {
  if (error instanceof KeyError) return error;
  const where = { exchange, operation: request.operation };
  if (!(error instanceof Refused)) {
    // Not one of our seams: the client itself failed, and its text may quote the request.
    const kind = request.safe ? "Unavailable" : "OutcomeUnknown";
    return new KeyError({ ...where, kind, message: "the exchange client failed", hint: `(${nameOf(error)})` });
  }
  const { uncertain = false, unasked: _, ...facts } = error.facts;
  if (uncertain && !request.safe) {
    const hint = "The act may or may not have happened: list before asking again.";
    return new KeyError({
      ...where,
      ...facts,
      kind: "OutcomeUnknown",
      message: `${facts.message}, so its outcome is unknown`,
      hint,
    });
  }
  if (facts.kind === "ClockSkew" && clocks !== undefined) return new KeyError({ ...where, ...facts, message: bothTimes(clocks) });
  return new KeyError({ ...where, ...facts });
}

function bothTimes({ ours, theirs }: Clocks): string {
  const [here, there] = [new Date(ours).toISOString(), new Date(theirs).toISOString()];
  return `the exchange refuses the request's time also after correction: the clock here says ${here}, the exchange's ${there}`;
}

function nameOf(error: unknown): string {
  return error instanceof Error && /^[A-Za-z]{1,40}$/.test(error.name) ? error.name : "unknown reason";
}
