import { access } from "node:fs/promises";
import type { LivingKey } from "../../sandbox/exchange";
import { type Refusal, refusals } from "./bots";
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

function show({ name, why }: Refusal): string {
  return `${name} (${why})`;
}

/** A chain whose killed runs are judged. */
export class Judge {
  constructor(
    private readonly chain: Chain,
    private readonly harm: Harm,
    /** Is told what is wrong as soon as it is seen. */
    private readonly onProblem: (problem: string) => void,
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
    const refused = await refusals(this.chain);
    this.harm.unavailableMs += (await watch.end()) + refused.length;
    if (refused.length > 0) this.note(`${phase}: refused after the kill: ${refused.map(show).join(", ")}`);
  }

  /** What the next plain `up` has to achieve: no other step than `pulumi cancel` where the CLI itself was killed. */
  async recover(pass: Pass): Promise<void> {
    const { chain } = this;
    if (pass === "tree") await chain.stack.must("cancel", "--yes");
    await this.up([]);
    if (chain.phase !== "delete") {
      const refused = await refusals(chain);
      this.harm.lostSecrets += refused.filter(({ isLost }) => isLost).length;
      if (refused.length > 0) this.note(`${chain.phase}: not served by what is published: ${refused.map(show).join(", ")}`);
    }
    // In an incident no key that may have leaked has an overlap.
    if (chain.phase === "incident") await this.count("at once");
    await this.up(["--expect-no-changes"]);
  }

  /**
   * After one overlap and a further `up` one version of each key lives, the published one; of a deleted key nothing. Until then a key that the
   * killed run issued may live on: it may have been shown to somebody.
   */
  async settle(): Promise<void> {
    const { chain } = this;
    if (chain.phase !== "delete") {
      await chain.passOverlap();
      await this.up([]);
    }
    await this.count("after an overlap");
  }

  private async count(when: string): Promise<void> {
    const living = await this.chain.control.keys();
    for (const key of this.chain.keys) {
      const mine = living.filter(({ exchange, subAccount }) => exchange === key.exchange && subAccount === key.subAccount);
      await this.countOf(key, mine, when);
    }
  }

  private async countOf(key: ChainKey, mine: readonly LivingKey[], when: string): Promise<void> {
    const { chain, harm } = this;
    const known = await this.documented(key);
    const [twins, orphans] = [mine.filter(({ apiKey }) => known.has(apiKey)), mine.filter(({ apiKey }) => !known.has(apiKey))];
    const named = (keys: readonly LivingKey[]): string =>
      `${key.name} ${when}: ${keys.map(({ label, apiKey }) => label || apiKey).join(", ")}`;
    harm.orphans += orphans.length;
    harm.twins += Math.max(0, twins.length - 1);
    if (orphans.length > 0) this.note(`${chain.phase}: orphans of ${named(orphans)}`);
    if (twins.length > 1) this.note(`${chain.phase}: twins of ${named(twins)}`);
    if (twins.length > 0 || chain.phase === "delete") return;
    this.note(`${chain.phase}: ${key.name} has no living key that its bot can open ${when}`);
    harm.lostSecrets += 1;
  }

  private async up(flags: readonly string[]): Promise<void> {
    const run = await this.chain.stack.run(...this.chain.upArguments(), ...flags);
    if (run.code === 0) return;
    this.harm.manualSteps += 1;
    const flagged = flags.length === 0 ? "" : ` ${flags.join(" ")}`;
    const said = run.stdout.slice(run.stdout.indexOf("Diagnostics:")).slice(0, 2000);
    this.note(`${this.chain.phase}: up${flagged} ended with ${run.code}: ${said}${run.stderr.slice(-500)}`);
  }

  /** Public id of what a bot opens. Of a deleted key there must be none. */
  private async documented({ name }: ChainKey): Promise<ReadonlySet<string>> {
    const bot = this.chain.bot(name);
    if (this.chain.phase !== "delete") {
      return await this.chain.desk.open(bot).then(
        ({ apiKey }) => new Set([apiKey]),
        () => new Set(),
      );
    }
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
    this.onProblem(problem);
  }
}
