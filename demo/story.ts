import type { Credentials } from "../harness/bot";
import type { Bot, Desk } from "../harness/desk";
import { changesIn, type Run, type Stack } from "../harness/stack";
import type { StartedSandbox } from "../sandbox/start";
import type { Person } from "./person";
import { expect, say, step, table, WIDTH } from "./terminal";

export interface Cast {
  readonly stack: Stack;
  readonly desk: Desk;
  readonly sandbox: StartedSandbox;
  readonly person: Person;
  readonly keep: boolean;
}

/** An address that no bot calls from, and one that no stack declares. */
const ELSEWHERE = "127.0.99.99";
const FOREIGN = "127.0.66.6";

const LONGEST = 36;

/** The demo's story. Every claim is checked, and the first that does not hold ends it. */
export async function playStory(cast: Cast): Promise<void> {
  await step("Where no API makes keys a person does, and exchange-keys adopt seals what the page shows once", () =>
    adopt(cast, 1),
  );
  await step("pulumi up issues every other key, bound to its bot's addresses, sealed and published", () => issue(cast));
  const first = await step("Each bot opens its own document and calls; the same call from elsewhere is refused", () =>
    callAll(cast),
  );
  await step("A second up changes nothing", () => upAgain(cast));
  await step("Someone widens keys behind Pulumi's back: drift exits 7, and up --refresh repairs what an API can", () =>
    driftAndRepair(cast),
  );
  await step("Thirty days pass: preview says what is due and why", () => previewDue(cast));
  await step("The person makes successors of what only a person can make", () => adopt(cast, 2));
  await step("up rotates; in the overlap both versions work", () => rotate(cast, first));
  await step("After the overlap up retires the old versions", () => retire(cast, first));
  if (!cast.keep) await step("destroy revokes what was issued, and says what only a person can delete", () => destroy(cast));
}

async function adopt({ desk, person }: Cast, serial: number): Promise<void> {
  for (const bot of desk.bots.filter(isAdopted)) {
    const { command, answer } = await person.adopt(bot, await person.make(bot));
    // The second time it is the same command.
    if (serial === 1) sayAll(wrapped(command));
    sayAll(answer.trim().split("\n"));
    expect(answer.includes(`as serial ${serial}`), `${bot.name} is adopted as serial ${serial}`);
  }
}

async function issue({ stack, desk, sandbox }: Cast): Promise<void> {
  const run = await stack.up();
  const keys = await sandbox.control.keys();
  table(
    ["key", "exchange", "sub-account", "public id", "label at the exchange", "addresses"],
    desk.bots.map((bot) => {
      const key = keys.find((one) => one.subAccount === bot.subAccount && one.exchange === bot.exchange);
      const shown = key === undefined ? ["-", "-", "-"] : [shortened(key.apiKey), key.label, key.ips.join(" ")];
      return [bot.name, bot.exchange, shortened(bot.subAccount), ...shown];
    }),
  );
  expect(keys.length === desk.bots.length, "one key for each bot lives");
  expect((changesIn(run).created ?? 0) >= desk.bots.length, "the engine created one resource for each bot");
}

function isAdopted({ adoptedBy }: Bot): boolean {
  return adoptedBy !== undefined;
}

function isIssued({ adoptedBy }: Bot): boolean {
  return adoptedBy === undefined;
}

/** So much of a long name that a table stays a table. */
function shortened(name: string): string {
  return name.length > LONGEST ? `…${name.slice(1 - LONGEST)}` : name;
}

async function callAll({ desk }: Cast): Promise<ReadonlyMap<Bot, Credentials>> {
  const opened = new Map<Bot, Credentials>();
  const rows: string[][] = [];
  for (const bot of desk.bots) {
    const credentials = await desk.open(bot);
    const answers = [await desk.call(bot, credentials), await desk.call(bot, credentials, ELSEWHERE)];
    rows.push([bot.name, String(credentials.serial), ...answers]);
    expect(answers[0] === "accepted", `${bot.name} is let in from ${bot.address}`);
    expect(answers[1] !== "accepted", `${bot.name} is refused from ${ELSEWHERE}`);
    opened.set(bot, credentials);
  }
  table(["bot", "serial", "from its address", `from ${ELSEWHERE}`], rows);
  return opened;
}

async function upAgain({ stack }: Cast): Promise<void> {
  const run = await stack.must("up", "--yes", "--skip-preview", "--expect-no-changes");
  say(resourceLine(run));
}

async function driftAndRepair({ stack, desk, sandbox, person }: Cast): Promise<void> {
  const [issued, adopted] = [desk.bots.find(isIssued), desk.bots.find(isAdopted)];
  if (issued === undefined || adopted === undefined) throw new Error("the stack declares no bot of each kind");
  const [{ apiKey }, { apiKey: byHand }] = [await desk.open(issued), await desk.open(adopted)];
  await sandbox.control.editKey(issued.exchange, apiKey, { ips: [issued.address, FOREIGN] });
  await person.widen(adopted, byHand);
  const drift = await stack.run("preview", "--refresh", "--expect-no-changes", "--diff");
  show(drift, /drift|serial 1|ipWhitelist \+|scopes: "/);
  expect(drift.code === 7, `preview --refresh --expect-no-changes exits 7 on drift (it exited ${drift.code})`);
  expect(drift.stdout.includes(`+${FOREIGN}`), "the preview names the foreign address");
  expect(/scopes: "\+transfer/.test(drift.stdout), "the preview names what the key of a person can do beyond what is declared");
  await person.correct(adopted, byHand);
  say(`the person unticks it again at ${adopted.exchange}`);
  const repair = await stack.up("--refresh");
  say(resourceLine(repair));
  const key = (await sandbox.control.keys(issued.exchange)).find((one) => one.apiKey === apiKey);
  expect(key?.ips.join() === issued.address, "the whitelist is as declared again");
  const quiet = await stack.run("preview", "--refresh", "--expect-no-changes");
  expect(quiet.code === 0, "no drift is left");
}

async function previewDue({ stack, desk, sandbox }: Cast): Promise<void> {
  const { now } = await sandbox.control.advance("30d");
  say(`it is ${now} now`);
  const preview = await stack.must("preview", "--diff");
  show(preview, /ApiKey:|why\s*:/);
  const says = (what: RegExp): number => preview.stdout.match(what)?.length ?? 0;
  expect(says(/rotation due since/g) === desk.bots.filter(isIssued).length, "every issued key says why it is due");
  expect(says(/"overdue since/g) === desk.bots.filter(isAdopted).length, "every adopted key says that a person is due");
}

async function rotate({ stack, desk }: Cast, first: ReadonlyMap<Bot, Credentials>): Promise<void> {
  say(resourceLine(await stack.up()));
  const rows: string[][] = [];
  for (const [bot, old] of first) {
    const fresh = await desk.open(bot);
    const answers = [await desk.call(bot, old), await desk.call(bot, fresh)];
    rows.push([bot.name, `${fresh.serial - 1}: ${answers[0]}`, `${fresh.serial}: ${answers[1]}`]);
    expect(fresh.apiKey !== old.apiKey && fresh.serial === 2, `${bot.name} finds a new version in its document`);
    expect(
      answers.every((answer) => answer === "accepted"),
      `both versions of ${bot.name} work`,
    );
  }
  table(["bot", "old version", "new version"], rows);
}

async function retire(cast: Cast, first: ReadonlyMap<Bot, Credentials>): Promise<void> {
  const { stack, desk, sandbox, person } = cast;
  await sandbox.control.advance("26h");
  for (const [bot, { apiKey }] of first) if (isAdopted(bot)) await person.remove(bot, apiKey);
  say(resourceLine(await stack.up()));
  const rows: string[][] = [];
  for (const [bot, old] of first) {
    const answers = [await desk.call(bot, old), await desk.call(bot, await desk.open(bot))];
    rows.push([bot.name, answers[0] ?? "", answers[1] ?? ""]);
    expect(answers[0] !== "accepted" && answers[1] === "accepted", `of ${bot.name} only the new version works`);
  }
  table(["bot", "old version", "new version"], rows);
  expect((await sandbox.control.keys()).length === desk.bots.length, "one key for each bot lives");
  await upAgain(cast);
}

async function destroy({ stack, desk, sandbox }: Cast): Promise<void> {
  const run = await stack.must("destroy", "--yes", "--skip-preview");
  say(resourceLine(run));
  show(run, /^ {4}(?!.*:Stack ).*STILL LIVES/);
  const adopted = desk.bots.filter(isAdopted);
  const living = await sandbox.control.keys();
  expect(living.length === adopted.length, "only what a person made is left");
  expect((run.stdout.match(/STILL LIVES/g) ?? []).length >= adopted.length, "destroy says of each that it lives on");
  for (const { exchange, apiKey } of living) await sandbox.control.removeKey(exchange, apiKey);
  say(`the person deletes ${living.map(({ apiKey }) => shortened(apiKey)).join(" and ")}`);
  expect((await sandbox.control.keys()).length === 0, "no key is left");
}

function resourceLine(run: Run): string {
  const changes = Object.entries(changesIn(run)).map(([what, count]) => `${count} ${what}`);
  return `pulumi: ${changes.join(", ") || "no resources"}`;
}

function sayAll(lines: readonly string[]): void {
  for (const line of lines) say(line);
}

/** A command as a shell takes it, with line breaks between options. */
function wrapped(command: string): readonly string[] {
  const lines: string[] = [];
  for (const part of command.split(/ (?=--)/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + part.length < WIDTH - 8) lines[lines.length - 1] = `${last} ${part}`;
    else lines.push(part);
  }
  return lines.map((line, index) => `${index === 0 ? "$" : " "} ${line}${index < lines.length - 1 ? " \\" : ""}`);
}

/** The lines of a run that carry the point. */
function show(run: Run, pattern: RegExp): void {
  for (const line of run.stdout.split("\n")) if (pattern.test(line)) say(line.trimEnd());
}
