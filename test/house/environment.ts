import { guardNetwork, isLoopback, takeRefusedHosts } from "./network-guard";

/** What is wrong with the environment that tests would inherit, all of it. Pure. */
export function problems(env: NodeJS.ProcessEnv): string[] {
  const endpoints = Object.entries(env).filter(
    ([name, value]) => /^AWS_ENDPOINT(_URL.*)?$/.test(name) && value !== undefined && value !== "",
  );
  const outside = endpoints.filter(([, value]) => !URL.canParse(value ?? "") || !isLoopback(new URL(value ?? "").hostname));
  return outside.map(([name]) => `${name} points away from this machine`);
}

/** Settings under which no AWS SDK can find anybody's real credentials. */
export const harmless: Readonly<Record<string, string>> = {
  AWS_ACCESS_KEY_ID: "testing",
  AWS_SECRET_ACCESS_KEY: "testing",
  AWS_REGION: "eu-central-1",
  AWS_EC2_METADATA_DISABLED: "true",
  AWS_CONFIG_FILE: "/dev/null",
  AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
};

/** A profile, or a sandbox that somebody plays with: tests start their own. */
const inherited = [
  "EXCHANGE_KEYS_SANDBOX",
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
  "AWS_SESSION_TOKEN",
  "AWS_ROLE_ARN",
  "AWS_WEB_IDENTITY_TOKEN_FILE",
];
const containers = ["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI"];

/** Lets tests start only where they can harm nothing. Loaded by every mocha run before any test file. */
export function prepare(env: NodeJS.ProcessEnv): void {
  const found = problems(env);
  if (found.length > 0) throw new Error(`the tests refuse to start: ${found.join("; ")}`);
  for (const name of [...inherited, ...containers]) delete env[name];
  Object.assign(env, harmless);
}

prepare(process.env);
guardNetwork();

export const mochaHooks = {
  afterEach(): void {
    const hosts = takeRefusedHosts();
    if (hosts.length > 0) throw new Error(`the test tried to reach ${hosts.join(", ")}: tests reach loopback addresses only`);
  },
};
