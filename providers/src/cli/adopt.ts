import { type Command, InvalidArgumentError, Option } from "commander";
import { MASTER } from "../core/adopted";
import { adoptedProblems } from "../core/adopted-validate";
import { parseDuration } from "../core/duration";
import { identityOf } from "../core/inputs";
import type { Settings } from "../core/settings";
import type { Trust } from "../core/trust";
import { ENVIRONMENTS, type Environment, type Scope } from "../core/words";
import { DESCRIPTORS, descriptorOf } from "../exchanges/registry";
import { openSurroundings } from "../handlers/surroundings";
import { validationContext } from "../handlers/validation";
import { journaled } from "../journal/journaled";
import { DEFAULT_FOLDER, openJournal } from "../journal/open-journal";
import { type Adopted, type AdoptOrder, adopt, type KeyOfPerson } from "../lifecycle/adopt";
import { callerAddresses } from "../runtime/egress";
import { processRuntime, processVariables } from "../runtime/process";
import { inspectSelf } from "../wire/inspect-self";
import type { KeyInput } from "./lines";
import { KeyReader, type Question } from "./read-key";
import type { Terminal } from "./terminal";
import { type GivenTrust, readTrust } from "./trust-option";

interface Options
  extends Readonly<Record<"owner" | "exchange" | "account" | "subAccount" | "name" | "bot" | "seal" | "publish", string>> {
  readonly environment: Environment;
  readonly scopes: readonly string[];
  readonly ip?: readonly string[];
  readonly otherPermission?: readonly string[];
  readonly from?: readonly string[];
  readonly apiKey?: string;
  readonly site?: string;
  readonly acceptLocalSealing?: string;
  readonly issuedAt?: string;
  readonly expiresAt?: string;
  readonly overlap?: number;
  readonly verify: boolean;
  readonly journal: string;
  readonly stack?: string;
  readonly trustCa?: string;
}

const AFTER = `
The secret, and the passphrase where the exchange has one, are read from the terminal without being shown, or from standard input, one on
each line; a private key in PEM takes its own lines. They are never taken from the command line or the environment. Without --api-key the
public id comes first.

Exit codes:
  0  sealed and published
  1  not adopted, and nothing was published; the reason is on standard error
  2  wrong usage, or a declaration that no resource could have`;

/** `exchange-keys adopt`: seals a key that a person made on the exchange's page, and publishes its document. */
export function registerAdopt(program: Command, terminal: Terminal, input: KeyInput = process.stdin): void {
  const command = program.command("adopt");
  command
    .description("seal a key that only a person can make, and publish its document for bots and for AdoptedApiKey")
    .addOption(new Option("--environment <name>", "where the key lives").choices(ENVIRONMENTS).makeOptionMandatory())
    .requiredOption("--owner <name>", "as in exchange-keys:owner")
    .addOption(exchangeOption())
    .requiredOption("--account <alias>", "as in exchange-keys:accounts")
    .option("--sub-account <reference>", "whose key it is", MASTER)
    .requiredOption("--name <name>", "name of the key")
    .requiredOption("--bot <name>", "which bot uses it")
    .requiredOption("--scopes <list>", "what was ticked on the exchange's page, with commas between", words)
    .option(
      "--other-permission <name>",
      "a permission that scopes have no word for, by the exchange's own name (repeatable)",
      collect,
    )
    .option("--ip <address>", "address or segment of its whitelist (repeatable)", collect)
    .requiredOption("--seal <reference>", "awskms://… or local:///path/to/key")
    .option("--accept-local-sealing <reason>", "why a key file may seal it in production, as in exchange-keys:accept", reason)
    .requiredOption("--publish <url>", "where its document is published: ssm://…, s3://… or file:///path.json")
    .option("--api-key <id>", "its public id")
    .option("--issued-at <time>", "when it was made: a date or an ISO time (some exchanges report it)", time)
    .option("--expires-at <time>", "when it ends: a date, an ISO time, or never", timeOrNever)
    .option("--overlap <duration>", "how long the superseded key keeps its place, such as 24h", duration)
    .option("--site <name>", "regional hosts, where the exchange has any")
    .option("--from <address>", "address that this machine calls from, when it is behind a NAT", collect)
    .option("--no-verify", "do not ask the exchange about the key")
    .option("--trust-ca <file>", "certificates of private roots for AWS endpoints, PEM, as in exchange-keys:trust")
    .option("--journal <folder>", "folder of the journal, as in exchange-keys:journal", DEFAULT_FOLDER)
    .option("--stack <name>", "name of the stack in the journal (default: the variable PULUMI_STACK)")
    .addHelpText("after", AFTER)
    .action(async (options: Options) => {
      const given = await readTrust(options.trustCa);
      const order = orderOf(options, command, given);
      const reader = new KeyReader(input, terminal);
      try {
        const trusting = "trust" in given ? { ...options, trust: given.trust } : options;
        terminal.out(summary(order, await run(order, trusting, { terminal, reader })));
      } finally {
        reader.close();
      }
    });
}

function exchangeOption(): Option {
  const ids = DESCRIPTORS.map(({ id }) => id);
  return new Option("--exchange <id>", "which exchange").choices(ids).makeOptionMandatory();
}

/** Ends with a usage error that names every option that is wrong. */
function orderOf(options: Options, command: Command, given: GivenTrust): AdoptOrder {
  const { environment, owner, exchange, account, subAccount, name, bot, seal, publish, verify } = options;
  const { site, issuedAt, expiresAt, overlap, ip = [], otherPermission: otherPermissions = [] } = options;
  const identity = { owner, bot, exchange, account, subAccount, name };
  const key = { ...identity, environment, scopes: options.scopes, otherPermissions, ipWhitelist: ip, seal, publish };
  const declared = { exchange, ...(site === undefined ? {} : { site }), credentials: {} };
  const localSealing = options.acceptLocalSealing;
  const accept = localSealing === undefined ? {} : { accept: { localSealing } };
  const settings: Settings = { environment, owner, accounts: { [account]: declared }, ...accept };
  const context = validationContext(settings, new Date());
  const found = adoptedProblems({ ...key, purpose: "adopted", maxAge: "90d", onOverdue: "error" }, context);
  const untrusted = "problem" in given ? [{ property: "trustCa", reason: given.problem }] : [];
  const problems = [...found, ...untrusted];
  if (problems.length > 0) {
    const lines = problems.map(({ property, reason }) => `  ${optionOf(property)} ${reason}`);
    command.error(`error: the key cannot be adopted like this:\n${lines.join("\n")}`, { exitCode: 2 });
  }
  return {
    ...key,
    scopes: options.scopes.map((scope) => scope as Scope),
    verify,
    ...(site === undefined ? {} : { site }),
    ...(issuedAt === undefined ? {} : { issuedAt }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(overlap === undefined ? {} : { overlapMs: overlap }),
  };
}

/** `ipWhitelist[1]` → `--ip`. */
function optionOf(property: string): string {
  const name =
    property === "account.site"
      ? "site"
      : property
          .replace(/[[.].*$/, "")
          .replace("ipWhitelist", "ip")
          .replace("Permissions", "Permission");
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

async function run(
  order: AdoptOrder,
  options: Options & { readonly trust?: Trust | undefined },
  people: { readonly terminal: Terminal; readonly reader: KeyReader },
): Promise<Adopted> {
  const { terminal, reader } = people;
  const { environment } = order;
  const plain = { ...openSurroundings(environment, options.trust), notice: (text: string) => void terminal.err(`${text}\n`) };
  const { journal: folder, stack } = options;
  const journal = openJournal({ folder, ...(stack === undefined ? {} : { stack }) }, { environment, env: processVariables() });
  return await adopt(order, {
    ...journaled(plain, journal, { subject: identityOf(order) }),
    addresses: () => [...callerAddresses(processVariables()), ...(options.from ?? [])],
    descriptor: descriptorOf,
    inspect: (_, key) => inspectSelf({ ...order, ...key }, processRuntime(environment)),
    readKey: async () => {
      const given = options.apiKey;
      const answers = await reader.read(questionsFor(order.exchange, given));
      return keyOf(given ?? answers.get("apiKey")?.reveal() ?? "", answers);
    },
  });
}

function questionsFor(exchange: string, apiKey: string | undefined): readonly Question[] {
  const { title, credentials } = descriptorOf(exchange);
  const names = { apiKey: "public id", secret: "secret", passphrase: "passphrase" } as const;
  const asked = credentials.filter((field) => field !== "apiKey" || apiKey === undefined);
  return asked.map((field) => ({ field, title: `${title} ${names[field]}`, shown: field === "apiKey" }));
}

function keyOf(apiKey: string, answers: Awaited<ReturnType<KeyReader["read"]>>): KeyOfPerson {
  const { secret, passphrase } = Object.fromEntries(answers);
  if (secret === undefined) throw new TypeError("every exchange's keys have a secret");
  return { apiKey, secret, ...(passphrase === undefined ? {} : { passphrase }) };
}

function summary(order: AdoptOrder, adopted: Adopted): string {
  const { apiKey, serial, document, forgotten } = adopted;
  const previous = document.versions.find((version) => version.state === "previous");
  const lines = [
    `adopted ${order.exchange} "${order.name}" as serial ${serial}: ${apiKey}`,
    `published at ${order.publish}`,
    ...(adopted.usableFrom === undefined ? [] : [`can withdraw from ${adopted.usableFrom}, as far as is known`]),
    ...(previous === undefined
      ? []
      : [`${previous.apiKey} keeps its place until ${previous.retireAfter}; then delete it on the exchange's page`]),
    ...forgotten.filter((one) => one !== apiKey).map((one) => `${one} is named no more: delete it on the exchange's page`),
  ];
  return `${lines.join("\n")}\n`;
}

function words(text: string): readonly string[] {
  return text.split(",").map((word) => word.trim());
}

function reason(text: string): string {
  if (text.length < 10) throw new InvalidArgumentError("Give a reason of at least 10 characters.");
  return text;
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...words(text)];
}

function duration(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined) throw new InvalidArgumentError("Write whole hours, days or weeks, such as 24h.");
  return milliseconds;
}

function time(text: string): string {
  const form = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;
  if (!form.test(text) || Number.isNaN(Date.parse(text)))
    throw new InvalidArgumentError("Write 2026-11-22 or 2026-11-22T09:00:00Z.");
  return new Date(text).toISOString();
}

function timeOrNever(text: string): string {
  return text === "never" ? text : time(text);
}
