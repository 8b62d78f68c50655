import assert from "node:assert/strict";
import { rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type OpenOptions, openKey } from "../../providers/src/client";
import { rememberSerial } from "../../providers/src/client/serials";
import { failsWith, removeTemporaryFolders } from "../seal/samples";
import { Bot } from "./bot";
import { type Desk, EXPECTED, newDesk, secretOf } from "./desk";

describe("a bot following its key", () => {
  const bots: Bot[] = [];
  function follow(desk: Desk, changes?: Partial<OpenOptions>): Bot {
    const bot = new Bot(desk, changes);
    bots.push(bot);
    return bot;
  }

  // The pauses of a follower do not keep a process running, and a test has nothing else that would.
  let alive: NodeJS.Timeout;
  beforeEach(() => {
    alive = setInterval(() => {}, 1000);
  });
  afterEach(async () => {
    for (const bot of bots.splice(0)) await bot.stop();
    clearInterval(alive);
    removeTemporaryFolders();
  });

  it("gets the present key at once, and each newer one once", async () => {
    const desk = newDesk();
    const [one, two, three] = [await desk.seal(1, "current"), await desk.seal(2, "current"), await desk.seal(3, "current")];
    await desk.publish([one]);
    const bot = follow(desk);
    await bot.key();
    for (const [older, newer] of [
      [one, two],
      [two, three],
    ] as const) {
      const next = bot.key();
      await desk.publish([{ ...older, state: "previous" }, newer]);
      await next;
    }
    assert.deepEqual(bot.serials, [1, 2, 3]);
    assert.equal(bot.keys[2]?.secret, secretOf(3));
    assert.deepEqual(bot.errors, []);
  });

  it("is not told of a change that brings no newer serial", async () => {
    const desk = newDesk();
    const [one, two] = [await desk.seal(1, "current"), await desk.seal(2, "current")];
    await desk.publish([one]);
    const bot = follow(desk);
    await bot.key();
    await desk.publish([one, { ...two, state: "pending" }]);
    await desk.publish([one], { holder: "another" });
    const next = bot.key();
    await desk.publish([{ ...one, state: "previous" }, two]);
    await next;
    assert.deepEqual(bot.serials, [1, 2]);
  });

  it("reports an older document and keeps the key it has", async () => {
    const desk = newDesk();
    const [one, two] = [await desk.seal(1, "current"), await desk.seal(2, "current")];
    await desk.publish([two]);
    const bot = follow(desk);
    await bot.key();
    const failure = bot.failure();
    await desk.publish([one], { lastSerial: 2 });
    failsWith("OlderDocument")(await failure);
    assert.deepEqual(bot.serials, [2]);
  });

  it("takes no key below one that another opener of this process had from there, for the same use", async () => {
    const desk = newDesk();
    const [one, two, three] = [await desk.seal(1, "previous"), await desk.seal(2, "current"), await desk.seal(3, "current")];
    await desk.publish([{ ...two, state: "previous" }, three]);
    assert.equal((await openKey({ document: desk.url, expect: EXPECTED, sealedBy: desk.reference })).serial, 3);
    await desk.publish([one, two], { lastSerial: 3 });
    failsWith("OlderDocument", { text: /version 2 is older than 3/ })(await follow(desk).failure());
    const previous = follow(desk, { use: "previous" });
    await previous.key();
    assert.deepEqual(previous.serials, [1]);
  });

  it("is told of an older document also when it is the very one that its key came from", async () => {
    const desk = newDesk();
    const [one, two] = [await desk.seal(1, "current"), await desk.seal(2, "current")];
    await desk.publish([one]);
    const bot = follow(desk);
    bot.take = async () => {
      await desk.publish([two]);
      await openKey({ document: desk.url, expect: EXPECTED, sealedBy: desk.reference });
      await desk.publish([one]);
    };
    await bot.key();
    failsWith("OlderDocument")(await bot.failure());
    assert.deepEqual(bot.serials, [1]);
  });

  it("is not held to what was opened at another place", async () => {
    const [desk, other] = [newDesk(), newDesk()];
    await other.publish([await other.seal(2, "current")]);
    assert.equal((await openKey({ document: other.url, expect: EXPECTED, sealedBy: other.reference })).serial, 2);
    await desk.publish([await desk.seal(1, "current")]);
    const bot = follow(desk);
    await bot.key();
    assert.deepEqual([bot.serials, bot.errors], [[1], []]);
  });

  it("starts no lower than it is told", async () => {
    const desk = newDesk();
    await desk.publish([await desk.seal(1, "current")]);
    failsWith("OlderDocument")(await follow(desk, { minSerial: 2 }).failure());
  });

  it("reports a document that is missing or damaged, and goes on when it is there again", async () => {
    const desk = newDesk();
    const bot = follow(desk);
    failsWith("PublicationFailed")(await bot.failure());
    const first = bot.key("failures");
    await desk.publish([await desk.seal(1, "current")]);
    await first;
    writeFileSync(fileURLToPath(desk.url), "{}");
    // The reading that was under way may have seen the file before it was damaged.
    failsWith("TamperedDocument")(await bot.failure());
    rmSync(fileURLToPath(desk.url));
    const second = bot.key("failures");
    await desk.publish([await desk.seal(2, "current")]);
    await second;
    assert.deepEqual(bot.serials, [1, 2]);
  });

  it("is offered a key again when it could not take it", async () => {
    const desk = newDesk();
    await desk.publish([await desk.seal(1, "current")]);
    const bot = follow(desk);
    let refusals = 2;
    bot.take = () => {
      if (refusals-- > 0) throw new Error("not now");
    };
    await bot.key();
    await bot.key("failures");
    await bot.key("failures");
    assert.deepEqual(bot.serials, [1, 1, 1]);
    assert.equal(bot.errors.length, 2);
  });

  it("is told when the key it holds expires, though the document stays the same", async () => {
    const desk = newDesk();
    let now = new Date("2026-04-01T00:00:00.000Z");
    await desk.publish([await desk.seal(1, "current", { notAfter: "2026-04-02T00:00:00.000Z" })]);
    const bot = follow(desk, { now: () => now });
    await bot.key();
    now = new Date("2026-04-02T00:00:00.000Z");
    failsWith("VersionExpired")(await bot.failure());
  });

  it("opens a document again only when it has changed", async () => {
    const desk = newDesk();
    await desk.publish([await desk.seal(1, "current")]);
    let readings = 0;
    const bot: Bot = follow(desk, {
      now: () => {
        readings += 1;
        // From here on only what is remembered can be used: the key file is gone.
        if (readings === 1) rmSync(desk.reference.slice("local://".length));
        if (readings === 20) bot.enough();
        return new Date("2026-01-03T00:00:00.000Z");
      },
    });
    await bot.untilEnough();
    assert.deepEqual(bot.errors, []);
  });

  it("gets the key of a reading that began before another opener had a newer one", async () => {
    const desk = newDesk();
    await desk.publish([await desk.seal(1, "current")]);
    const bot = follow(desk);
    rememberSerial({ document: desk.url, expect: EXPECTED }, 2);
    await bot.key();
    assert.deepEqual(bot.serials, [1]);
  });

  it("hears nothing of a reading in which it stopped", async () => {
    const desk = newDesk();
    await desk.publish([await desk.seal(1, "current")]);
    const bot: Bot = follow(desk, {
      now: () => {
        bot.enough();
        void bot.stop();
        return new Date("2026-01-03T00:00:00.000Z");
      },
    });
    await bot.untilEnough();
    await bot.stop();
    assert.deepEqual([bot.serials, bot.errors], [[], []]);
  });

  it("hears nothing after it stopped", async () => {
    const desk = newDesk();
    await desk.publish([await desk.seal(1, "current")]);
    const bot = follow(desk);
    await bot.key();
    await bot.stop();
    await desk.publish([await desk.seal(2, "current")]);
    assert.deepEqual(bot.serials, [1]);
  });
});
