import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import type { ServerHttp2Session } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { DynamicHost } from "../../harness/dynamic-host";
import { FakeEngine } from "../../harness/fake-engine";
import { isKind } from "../../providers/src/core/errors";
import { EngineWatch, engineAddress } from "../../providers/src/runtime/engine";
import { CODE } from "./resource";

const SCRIPT = "/desk/node_modules/@pulumi/pulumi/cmd/dynamic-provider";

describe("the engine of a host", () => {
  const engines: FakeEngine[] = [];
  afterEach(() => {
    for (const engine of engines.splice(0)) engine.end();
  });
  const start = async (): Promise<FakeEngine> => {
    const engine = await FakeEngine.start();
    engines.push(engine);
    return engine;
  };

  const watching = () => {
    const ends: number[] = [];
    return { watch: new EngineWatch(() => ends.push(Date.now())), ends };
  };

  const until = async (what: () => boolean): Promise<void> => {
    for (let left = 100; !what(); left -= 1) {
      assert.ok(left > 0, "it did not happen");
      await sleep(20);
    }
  };

  it("is looked for in the host of dynamic providers only", () => {
    assert.equal(engineAddress(["node", SCRIPT, "127.0.0.1:4711"]), "127.0.0.1:4711");
    assert.equal(engineAddress(["node", `${SCRIPT}/index.js`, "127.0.0.1:4711"]), "127.0.0.1:4711");
    for (const argv of [
      ["node", "/desk/node_modules/@pulumi/pulumi/cmd/run", "--engine", "127.0.0.1:4711"],
      ["node", "/desk/node_modules/mocha/bin/mocha.js", "127.0.0.1:4711"],
      ["node", "/desk/bot.js", SCRIPT, "127.0.0.1:4711"],
      ["node", "/desk/cmd/dynamic-provider", "127.0.0.1:4711"],
      ["node", SCRIPT],
      ["node", SCRIPT, "engine.example:4711"],
      ["node"],
    ]) {
      assert.equal(engineAddress(argv), undefined, argv.join(" "));
    }
    assert.equal(engineAddress(process.argv), undefined, "this process is none");
  });

  it("ends the process when it is gone", async () => {
    const engine = await start();
    const { watch, ends } = watching();
    const connected = once(engine.server, "session");
    watch.watch(engine.address);
    await connected;
    await watch.during(async () => {});
    assert.deepEqual(ends, [], "it is there");
    engine.end();
    await until(() => ends.length === 1);
  });

  it("ends it after the last act in flight, whether that ends well or not, and takes no other", async () => {
    const engine = await start();
    const { watch, ends } = watching();
    const connected = once(engine.server, "session");
    watch.watch(engine.address);
    await connected;
    const [release, failing] = [new EventEmitter(), new EventEmitter()];
    const well = watch.during(() => once(release, "well"));
    const badly = watch.during(() => once(failing, "badly"));
    engine.end();
    const refuses = async (): Promise<boolean> => {
      const refusal = await watch.during(async () => undefined).catch((error: unknown) => error);
      return isKind(refusal, "EnvironmentRefused");
    };
    for (let left = 100; !(await refuses()); left -= 1) {
      assert.ok(left > 0);
      await sleep(20);
    }
    assert.deepEqual(ends, [], "two acts are in flight");
    failing.emit("error", new Error("refused"));
    await assert.rejects(badly, /refused/);
    assert.deepEqual(ends, [], "one act is in flight");
    release.emit("well");
    await well;
    assert.equal(ends.length, 1);
  });

  it("ends nothing for a connection that is lost while it still listens", async () => {
    const engine = await start();
    const { watch, ends } = watching();
    const [session] = (await Promise.all([once(engine.server, "session"), watch.watch(engine.address)]))[0];
    const again = once(engine.server, "session");
    (session as ServerHttp2Session).destroy();
    await again;
    await sleep(50);
    assert.deepEqual(ends, []);
  });

  it("ends the process whose engine was gone from the first", async () => {
    const engine = await start();
    engine.end();
    const { watch, ends } = watching();
    watch.watch(engine.address);
    await until(() => ends.length === 1);
  });

  it("takes a real host along that has nothing to do", async () => {
    const host = await DynamicHost.start({ env: {}, config: {} });
    try {
      const { failures } = await host.check({}, { __provider: CODE });
      assert.notEqual(failures.length, 0, "it is there, and was given no configuration");
      await sleep(500);
      assert.equal(host.exit, undefined);
      host.loseEngine();
      await until(() => host.exit !== undefined);
      assert.equal(host.exit, 0);
    } finally {
      await host.stop();
    }
  });
});
