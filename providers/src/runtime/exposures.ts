/** What a process was started with. */
export interface Started {
  /** Such as `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Such as `process.execArgv`. */
  readonly execArgv: readonly string[];
}

/** Options of Node that write down what is sent, or the keys to it. */
const LOGGING_OPTIONS = ["tls-keylog", "trace-tls", "experimental-network-inspection"];

/** Options of Node that widen what TLS trusts or takes, move traffic, or let others into the process. */
const WIDENING_OPTIONS = [
  "use-openssl-ca",
  "use-system-ca",
  "openssl-config",
  "openssl-shared-config",
  "openssl-legacy-provider",
  "tls-cipher-list",
  "tls-min-v1.0",
  "tls-min-v1.1",
  "insecure-http-parser",
  "use-env-proxy",
  "inspect",
  "inspect-brk",
  "inspect-wait",
  "inspect-port",
  "experimental-config-file",
  "experimental-default-config-file",
];

/** Variables that do the same. In capitals. */
const WIDENING_VARIABLES = [
  "SSL_CERT_FILE",
  "SSL_CERT_DIR",
  "SSLKEYLOGFILE",
  "OPENSSL_CONF",
  "OPENSSL_CONF_INCLUDE",
  "OPENSSL_MODULES",
  "OPENSSL_ENGINES",
  "NODE_USE_SYSTEM_CA",
  "NODE_USE_ENV_PROXY",
  "NODE_EXTRA_CA_CERTS",
  "NODE_TLS_REJECT_UNAUTHORIZED",
];

/** Sections of `NODE_DEBUG` that print requests, answers or environments. */
const PRINTING_SECTIONS = ["http", "https", "http2", "net", "tls", "stream", "undici", "fetch", "websocket", "child_process"];

/** Names, never values, of what makes this process write down what it sends or the keys to it. Pure. */
export function logging(started: Started): readonly string[] {
  const { env } = started;
  const native = isSet(env.NODE_DEBUG_NATIVE) ? ["NODE_DEBUG_NATIVE"] : [];
  const printed = PRINTING_SECTIONS.filter((section) => patternsOf(env.NODE_DEBUG).some((pattern) => pattern.test(section)));
  const [section] = printed;
  return [...options(started, LOGGING_OPTIONS), ...native, ...(section === undefined ? [] : [`NODE_DEBUG=${section}`])];
}

/** Names, never values, of what makes this process trust more than it should, or lets others into it. Pure. */
export function widening(started: Started): readonly string[] {
  const variables = Object.keys(started.env).filter((name) => isSet(started.env[name]));
  return [...options(started, WIDENING_OPTIONS), ...variables.filter((name) => WIDENING_VARIABLES.includes(name.toUpperCase()))];
}

/** Node takes an option with either dash, on its command line and in `NODE_OPTIONS`. */
function options({ env, execArgv }: Started, names: readonly string[]): readonly string[] {
  const inVariable = (env.NODE_OPTIONS ?? "").split(/[\s"]+/);
  const found = (given: readonly string[]): readonly string[] => {
    const present = given.map((text) => text.replace(/=.*$/s, "").replaceAll("_", "-"));
    return names.map((name) => `--${name}`).filter((option) => present.includes(option));
  };
  return [...found(execArgv), ...found(inVariable).map((option) => `${option} in NODE_OPTIONS`)];
}

/** As Node reads the variable: names without regard to capitals, with `*` for anything. */
function patternsOf(value: string | undefined): readonly RegExp[] {
  const names = (value ?? "").split(",").filter((name) => name.trim() !== "");
  return names.map((name) => {
    const escaped = name.trim().replaceAll(/[$+.^?()[\]{}|\\]/g, "\\$&");
    return new RegExp(`^${escaped.replaceAll("*", ".*")}$`, "i");
  });
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}
