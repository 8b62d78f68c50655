import { KeyError } from "../core/errors";
import type { Secret } from "../core/secret";
import type { Environment } from "../core/words";
import type { Wire } from "../exchanges/adapter";
import type { Descriptor } from "../exchanges/descriptor";
import { descriptorOf, loadAdapter } from "../exchanges/registry";
import type { Runtime } from "../runtime/runtime";
import type { Credentials } from "./ccxt";
import { connect } from "./connect";
import { REAL_TIMER } from "./limiter";
import { type SharedAdapter, SharedListings, sharing } from "./listing";
import type { ClockedWire } from "./wire";

/** One parent credential at one exchange, as stack config declares it. */
export interface ExchangeAccess {
  readonly environment: Environment;
  readonly exchange: string;
  /** Alias of the account. */
  readonly account: string;
  /** One of the descriptor's hosts. @default "global" */
  readonly site?: string;
  /** Field of the parent credential → reference. */
  readonly credentials: Readonly<Record<string, string>>;
}

/** The adapter of a parent, how its exchange's clock goes, and the secret of its credential: what documents are stamped with follows from it. */
export interface ParentAdapter extends SharedAdapter {
  readonly parentSecret: Secret;
  /** By how many milliseconds our clock is ahead of the exchange's. Asks when nobody has asked yet. @throws KeyError */
  clockDifference(): Promise<number>;
}

/** Everything of a process that belongs to one parent: its limiter, clock difference, connections and listings. */
const opened = new Map<string, Promise<ParentAdapter>>();

/**
 * The adapter of a parent. Every resource of a process gets the same one. A failed opening is tried again by the next caller.
 * Resolves credentials, loads code, sends nothing.
 * @throws KeyError `NotSupported`, `EnvironmentRefused`, `InvalidInput`, `CredentialsUnavailable`
 */
export async function openExchange(access: ExchangeAccess, runtime: Runtime): Promise<ParentAdapter> {
  const key = parentKey(access, runtime);
  const known = opened.get(key);
  if (known !== undefined) return known;
  const opening = open(access, runtime);
  opened.set(key, opening);
  opening.catch(() => opened.delete(key));
  return opening;
}

async function open(access: ExchangeAccess, runtime: Runtime): Promise<ParentAdapter> {
  const descriptor = descriptorOf(access.exchange);
  if (runtime.environment !== access.environment) throw mixedEnvironments(access, runtime);
  const origin = runtime.endpointOf(descriptor, access.site);
  const [openAdapter, credentials] = await Promise.all([loadAdapter(descriptor.id), resolveCredentials(access, runtime)]);
  const wire = await connect({
    descriptor,
    origin,
    ...(runtime.ca === undefined ? {} : { ca: runtime.ca }),
    headers: access.environment === "testnet" ? (descriptor.testnetHeaders?.value ?? {}) : {},
    credentials,
    now: () => runtime.clock.now().getTime(),
    rateScale: runtime.rateScale,
    timer: REAL_TIMER,
  });
  const { secret } = credentials;
  if (secret === undefined) throw missingField(access, "secret");
  const listings = new SharedListings((subAccount, leaves) => openAdapter(telling(wire, leaves)).list(subAccount));
  return { ...sharing(openAdapter(wire), listings), parentSecret: secret, clockDifference: () => wire.clockDifference() };
}

/** The same wire, which tells when a request leaves. */
function telling(wire: ClockedWire, leaves: () => void): Wire {
  return { ...wire, call: (request) => wire.call(request, leaves) };
}

async function resolveCredentials(access: ExchangeAccess, runtime: Runtime): Promise<Credentials> {
  const { credentials: fields } = descriptorOf(access.exchange);
  const given = new Map(Object.entries(access.credentials));
  const resolve = async (field: Descriptor["credentials"][number]): Promise<readonly [string, Secret]> => {
    const reference = given.get(field);
    if (reference === undefined) throw missingField(access, field);
    return [field, await runtime.secretOf(reference)];
  };
  return Object.fromEntries(await Promise.all(fields.map(resolve)));
}

function missingField({ exchange, account }: ExchangeAccess, field: string): KeyError {
  const message = `account "${account}" has no reference for ${field}`;
  return new KeyError({ kind: "CredentialsUnavailable", exchange, message });
}

function mixedEnvironments({ exchange, environment }: ExchangeAccess, runtime: Runtime): KeyError {
  const message = `an account of ${environment} was asked for in ${runtime.environment}`;
  return new KeyError({ kind: "EnvironmentRefused", exchange, message });
}

/** Values, not objects: each operation of a run reads its runtime anew. */
function parentKey(access: ExchangeAccess, runtime: Runtime): string {
  const { environment, exchange, account, site } = access;
  const origin = runtime.endpointOf(descriptorOf(exchange), site);
  return JSON.stringify([environment, exchange, account, site, access.credentials, origin, runtime.ca]);
}
