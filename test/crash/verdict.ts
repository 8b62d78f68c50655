import { access } from "node:fs/promises";
import type { Chain } from "./chain";
import type { ChainKey } from "./declared";
import type { Pass } from "./points";
import { Watch } from "./watch";

/** What a kill left behind that it should not have. All but `problems` are counts, the last in milliseconds. */
export interface Harm {
  orphans: number;
  twins: number;
  lostSecrets: number;
  manualSteps: number;
  unavailableMs: number;
  /** One line each, for people. */
  readonly problems: string[];
}

export function noHarm(): Harm {
  return { orphans: 0, twins: 0, lostSecrets: 0, manualSteps: 0, unavailableMs: 0, problems: [] };
}

/** A chain whose killed runs are judged. */
export class Judge {
  constructor(
    private readonly chain: Chain,
    private readonly harm: Harm,
  ) {}

  /** Watches `act`, and lets every bot call when it is done: nobody who was served before may be refused. */
  async whileServed(act: () => Promise<void>): Promise<void> {
    const { phase, keys } = this.chain;
    if (phase === "create" || phase === "delete") return await act();
    const watch = new Watch(
      this.chain,
      keys.map(({ name }) => this.chain.bot(name)),
    );
    await act();
    const refused = await this.refused();
    const since = Date.now();
    this.harm.unavailableMs += await watch.end();
    if (refused.length === 0) return;
    this.note(`${phase}: refused after the kill: ${refused.join(", ")}`);
    this.harm.unavailableMs += Math.max(1, Date.now() - since) * refused.length;
  }

  /** What the next plain `up` has to achieve: no other step than `pulumi cancel` where the CLI itself was killed. */
  async recover(pass: Pass): Promise<void> {
    const { chain } = this;
    if (pass === "tree") await chain.stack.must("cancel", "--yes");
    await this.up([]);
    if (chain.phase !== "delete") {
      const refused = await this.refused();
      this.harm.lostSecrets += refused.length;
      if (refused.length > 0) this.note(`${chain.phase}: published, but not to be opened or used: ${refused.join(", ")}`);
    }
    await this.up(["--expect-no-changes"]);
  }

  /** After one overlap and a further `up` one version of each key lives, the published one; of a deleted key nothing. */
  async settle(): Promise<void> {
    const { chain, harm } = this;
    if (chain.phase !== "delete") {
      await chain.passOverlap();
      await this.up([]);
    }
    const living = await chain.control.keys();
    for (const key of chain.keys) {
      const mine = living.filter(({ exchange, subAccount }) => exchange === key.exchange && subAccount === key.subAccount);
      const known = await this.documented(key);
      const [twins, orphans] = [mine.filter(({ apiKey }) => known.has(apiKey)), mine.filter(({ apiKey }) => !known.has(apiKey))];
      harm.orphans += orphans.length;
      harm.twins += Math.max(0, twins.length - 1);
      if (orphans.length > 0)
        this.note(`${chain.phase}: orphans of ${key.name}: ${orphans.map(({ label }) => label).join(", ")}`);
      if (twins.length > 1) this.note(`${chain.phase}: twins of ${key.name}: ${twins.map(({ label }) => label).join(", ")}`);
      if (twins.length === 0 && chain.phase !== "delete") this.note(`${chain.phase}: ${key.name} has no living key`);
      if (twins.length === 0 && chain.phase !== "delete") harm.lostSecrets += 1;
    }
  }

  private async up(flags: readonly string[]): Promise<void> {
    const run = await this.chain.stack.run(...this.chain.upArguments(), ...flags);
    if (run.code === 0) return;
    this.harm.manualSteps += 1;
    const flagged = flags.length === 0 ? "" : ` ${flags.join(" ")}`;
    const said = run.stdout.slice(run.stdout.indexOf("Diagnostics:")).slice(0, 2000);
    this.note(`${this.chain.phase}: up${flagged} ended with ${run.code}: ${said}${run.stderr.slice(-500)}`);
  }

  /** Names of keys that their bot cannot open or use. */
  private async refused(): Promise<readonly string[]> {
    const { desk } = this.chain;
    const verdicts = await Promise.all(
      this.chain.keys.map(async ({ name }) => {
        const bot = this.chain.bot(name);
        const answer = await desk.open(bot).then(
          (credentials) => desk.call(bot, credentials),
          (error: Error) => error.message,
        );
        return answer === "accepted" ? [] : [`${name} (${answer})`];
      }),
    );
    return verdicts.flat();
  }

  /** Public ids that the published document names. A deleted key must have none. */
  private async documented({ name }: ChainKey): Promise<ReadonlySet<string>> {
    const bot = this.chain.bot(name);
    if (this.chain.phase !== "delete") return new Set([(await this.chain.desk.open(bot)).apiKey]);
    const there = await access(bot.document).then(
      () => true,
      () => false,
    );
    if (there) this.note(`delete: the document of ${name} is still there`);
    if (there) this.harm.orphans += 1;
    return new Set();
  }

  private note(problem: string): void {
    this.harm.problems.push(problem);
  }
}
