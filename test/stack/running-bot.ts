import assert from "node:assert/strict";
import type { Credentials } from "../../harness/bot";
import type { Bot, Desk } from "../../harness/desk";
import { isKind } from "../../providers/src/core/errors";

type Held = Credentials & { readonly serial: number };

/** A bot that runs all the time: it reads its document again and again, and goes on with what it read last when it cannot. */
export class RunningBot {
  #held: Held | undefined;

  constructor(
    readonly bot: Bot,
    private readonly desk: Desk,
  ) {}

  /** What is published now. @throws KeyError when the bot could not read it */
  published(use?: "previous"): Promise<Held> {
    return this.desk.open(this.bot, use);
  }

  /** Reads the document, if it can. @returns what the bot works with from now on */
  async look(use?: "previous"): Promise<Held> {
    try {
      this.#held = await this.published(use);
    } catch (error) {
      if (!isKind(error, "PublicationFailed")) throw error;
    }
    assert.ok(this.#held, `${this.bot.name} never found a document`);
    return this.#held;
  }

  /** @returns "accepted", or the name of ccxt's error */
  call(credentials: Credentials, from = this.bot.address): Promise<string> {
    return this.desk.call(this.bot, credentials, from);
  }

  /** A call with what was read last, and one after reading again, are both let in. */
  async assertServed(): Promise<void> {
    const before = this.#held;
    if (before !== undefined) assert.equal(await this.call(before), "accepted", `${this.bot.name}, as it read last`);
    assert.equal(await this.call(await this.look()), "accepted", `${this.bot.name}, as it reads now`);
  }
}
