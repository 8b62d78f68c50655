import { Agent } from "node:https";
import type { SecureContext } from "node:tls";
import { rootsContext } from "../runtime/roots";
import { type AwsService, type AwsSurroundings, awsEndpoint, type Variables } from "./endpoint";

const CONNECT_MS = 1_500;
const REQUEST_MS = 2_500;
const ATTEMPTS = 3;
/** One call with everything, credentials and retries too: the engine has no deadline of its own. */
const DEADLINE_MS = 8_000;

/** What a client is made from, besides the region. */
const VARIABLES = ["AWS_REGION", "AWS_PROFILE", "AWS_ACCESS_KEY_ID"] as const;

/** Which service, and where. */
export interface AwsPlace extends AwsSurroundings {
  readonly service: AwsService;
  /** Absent: the AWS SDK's usual chain decides. */
  readonly region?: string;
}

/** One service's SDK module and a client of it. */
interface AwsApi {
  readonly client: { readonly config: { region(): Promise<string> } };
}

/** Asks a service once, within a deadline. */
export type AwsSession<Api> = <T>(ask: (api: Api, abortSignal: AbortSignal) => Promise<T>) => Promise<T>;

export type ClientOptions = ReturnType<typeof optionsFor>;

/** The one construction of AWS clients: TLS 1.3, deadlines, and no endpoint but AWS's own, or one on this machine in the sandbox. */
export class AwsSessions<Api extends AwsApi> {
  private readonly opened = new Map<string, AwsSession<Api>>();

  /** @param connect loads the SDK and makes a client. Called at the first call of a session */
  constructor(private readonly connect: (options: ClientOptions) => Promise<Api>) {}

  /**
   * The same session for the same place: its connections are kept. Reaches nothing before its first call.
   * @throws KeyError `EnvironmentRefused` for an endpoint that the environment does not allow
   */
  at(place: AwsPlace): AwsSession<Api> {
    const endpoint = awsEndpoint(place.service, place);
    const variables = VARIABLES.map((variable) => place.env[variable] ?? null);
    const name = JSON.stringify([
      place.environment,
      place.region ?? null,
      endpoint ?? null,
      place.trust?.ca ?? null,
      ...variables,
    ]);
    const known = this.opened.get(name);
    if (known !== undefined) return known;
    const session = this.open(place, endpoint);
    this.opened.set(name, session);
    return session;
  }

  private open(place: AwsPlace, endpoint: string | undefined): AwsSession<Api> {
    let connected: Promise<Api> | undefined;
    const connect = async (): Promise<Api> => {
      const api = await this.connect(optionsFor(place, endpoint));
      await api.client.config.region().catch(() => {
        throw new Named("RegionMissing");
      });
      return api;
    };
    return async (ask) => {
      connected ??= connect();
      const api = connected;
      return await withDeadline(async (signal) => ask(await api, signal));
    };
  }
}

function optionsFor(place: AwsPlace, endpoint: string | undefined) {
  const { region: asked, env } = place;
  const region = asked ?? env.AWS_REGION;
  const requestHandler = {
    connectionTimeout: CONNECT_MS,
    requestTimeout: REQUEST_MS,
    throwOnRequestTimeout: true,
    // Said explicitly, so that no environment variable weakens it.
    httpsAgent: new Agent({ minVersion: "TLSv1.3", rejectUnauthorized: true, keepAlive: true, ...rootsOf(place) }),
  };
  return {
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint, credentials: sandboxCredentials(env) }),
    // A profile's endpoint_url would otherwise move production's services.
    ignoreConfiguredEndpointUrls: true,
    maxAttempts: ATTEMPTS,
    requestHandler,
  };
}

/** An emulator on this machine is trusted as Node would trust it. */
function rootsOf({ environment, trust }: AwsPlace): { readonly secureContext?: SecureContext } {
  if (environment === "sandbox" && trust === undefined) return {};
  return { secureContext: rootsContext(trust === undefined ? {} : { also: trust.ca }) };
}

/** The usual chain would ask instance metadata, which is not on this machine. */
function sandboxCredentials(env: Variables) {
  const { AWS_ACCESS_KEY_ID: accessKeyId = "sandbox", AWS_SECRET_ACCESS_KEY: secretAccessKey = "sandbox" } = env;
  const sessionToken = env.AWS_SESSION_TOKEN;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

/** An error whose name becomes the code of a failure. */
export class Named extends Error {
  constructor(override readonly name: string) {
    super(name);
  }
}

/** What an answer has to hold. @throws Named `EmptyAnswer` */
export function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Named("EmptyAnswer");
  return value;
}

async function withDeadline<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(DEADLINE_MS);
  const late = new Promise<never>((_, reject) => {
    signal.addEventListener("abort", () => reject(new Named("TimeoutError")), { once: true });
  });
  return Promise.race([work(signal), late]);
}
