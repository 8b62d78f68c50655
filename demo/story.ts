import type { Credentials } from "../harness/bot";
import type { Bot, Desk } from "../harness/desk";
import { changesIn, type Run, type Stack } from "../harness/stack";
import type { StartedSandbox } from "../sandbox/start";
import { expect, say, step, table } from "./terminal";

export interface Cast {
  readonly stack: Stack;
  readonly desk: Desk;
  readonly sandbox: StartedSandbox;
  readonly keep: boolean;
}

/** An address that no bot calls from, and one that no stack declares. */
const ELSEWHERE = "127.0.99.99";
const FOREIGN = "127.0.66.6";

/** The demo's story. Every claim is checked, and the first that does not hold ends it. */
export async function playStory(cast: Cast): Promise<void> {
  await step("pulumi up issues a key for each bot, bound to its addresses, sealed and published", () => issue(cast));
  const first = await step("Each bot opens its own document and calls; the same call from elsewhere is refused", () =>
    callAll(cast),
  );
  await step("A second up changes nothing", () => upAgain(cast));
  await step("Someone widens a key behind Pulumi's back: drift exits 7, and up --refresh repairs it", () => driftAndRepair(cast));
  await step("Thirty days pass: preview says what is due and why", () => previewDue(cast));
  await step("up rotates; in the overlap both versions work", () => rotate(cast, first));
  await step("After the overlap up retires the old versions", () => retire(cast, first));
  if (!cast.keep) await step("destroy revokes everything", () => destroy(cast));
}

async function issue({ stack, desk, sandbox }: Cast): Promise<void> {
  const run = await stack.up();
  const keys = await sandbox.control.keys();
  table(
    ["key", "exchange", "sub-account", "public id", "label at the exchange", "addresses"],
    desk.bots.map((bot) => {
      const key = keys.find((one) => one.subAccount === bot.subAccount && one.exchange === bot.exchange);
      return [bot.name, bot.exchange, bot.subAccount, key?.apiKey ?? "-", key?.label ?? "-", key?.ips.join(" ") ?? "-"];
    }),
  );
  expect(keys.length === desk.bots.length, "one key for each bot lives");
  expect((changesIn(run).created ?? 0) >= desk.bots.length, "the engine created one resource for each bot");
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

async function driftAndRepair({ stack, desk, sandbox }: Cast): Promise<void> {
  const [bot] = desk.bots;
  if (bot === undefined) throw new Error("the stack declares no bot");
  const { apiKey } = await desk.open(bot);
  await sandbox.control.editKey(bot.exchange, apiKey, { ips: [bot.address, FOREIGN] });
  const drift = await stack.run("preview", "--refresh", "--expect-no-changes", "--diff");
  show(drift, /drift|serial 1|ipWhitelist \+/);
  expect(drift.code === 7, `preview --refresh --expect-no-changes exits 7 on drift (it exited ${drift.code})`);
  expect(drift.stdout.includes(`+${FOREIGN}`), "the preview names the foreign address");
  const repair = await stack.up("--refresh");
  say(resourceLine(repair));
  const key = (await sandbox.control.keys(bot.exchange)).find((one) => one.apiKey === apiKey);
  expect(key?.ips.join() === bot.address, "the whitelist is as declared again");
  const quiet = await stack.run("preview", "--refresh", "--expect-no-changes");
  expect(quiet.code === 0, "no drift is left");
}

async function previewDue({ stack, desk, sandbox }: Cast): Promise<void> {
  const { now } = await sandbox.control.advance("30d");
  say(`it is ${now} now`);
  const preview = await stack.must("preview", "--diff");
  show(preview, /ApiKey:|why\s*:/);
  const due = preview.stdout.match(/rotation due since/g) ?? [];
  expect(due.length === desk.bots.length, "every key says why it is due");
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

async function retire({ stack, desk, sandbox }: Cast, first: ReadonlyMap<Bot, Credentials>): Promise<void> {
  await sandbox.control.advance("26h");
  say(resourceLine(await stack.up()));
  const rows: string[][] = [];
  for (const [bot, old] of first) {
    const answers = [await desk.call(bot, old), await desk.call(bot, await desk.open(bot))];
    rows.push([bot.name, answers[0] ?? "", answers[1] ?? ""]);
    expect(answers[0] !== "accepted" && answers[1] === "accepted", `of ${bot.name} only the new version works`);
  }
  table(["bot", "old version", "new version"], rows);
  expect((await sandbox.control.keys()).length === desk.bots.length, "one key for each bot lives");
  await upAgain({ stack, desk, sandbox, keep: false });
}

async function destroy({ stack, sandbox }: Cast): Promise<void> {
  say(resourceLine(await stack.must("destroy", "--yes", "--skip-preview")));
  const left = await sandbox.control.keys();
  say(`keys left at the exchanges: ${left.length === 0 ? "none" : left.map((key) => key.label).join(", ")}`);
  expect(left.length === 0, "no key is left");
}

function resourceLine(run: Run): string {
  const changes = Object.entries(changesIn(run)).map(([what, count]) => `${count} ${what}`);
  return `pulumi: ${changes.join(", ") || "no resources"}`;
}

/** The lines of a run that carry the point. */
function show(run: Run, pattern: RegExp): void {
  for (const line of run.stdout.split("\n")) if (pattern.test(line)) say(line.trimEnd());
}
