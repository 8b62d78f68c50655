import assert from "node:assert/strict";
import { Socket } from "node:net";
import type { dynamic } from "@pulumi/pulumi";
import { UNKNOWN } from "../../providers/src/core/inputs";
import type { ApiKeyOutputs, Recorded } from "../../providers/src/core/record";
import { check, diff } from "../../providers/src/handlers/api-key";
import { documentOf, version } from "../core/samples";
import { checked, configured, DECLARED, Files, after as later, type Properties, SETTINGS, START, stateOf } from "./world";

/** Asked as the engine asks: JSON on both sides. */
async function ask(state: Properties, news: Properties): Promise<dynamic.DiffResult> {
  const [olds, wanted] = [state, news].map((one) => JSON.parse(JSON.stringify(one)));
  return await diff("bybit/one/100001/mm", olds, wanted);
}

describe("diff as the engine calls it", () => {
  let files: Files;
  let inputs: Properties = {};
  let state: ApiKeyOutputs & Properties;

  before(async () => {
    files = await Files.make();
    await configured(SETTINGS);
  });

  beforeEach(async () => {
    await files.setTime(START);
    inputs = await checked(DECLARED);
    state = stateOf(inputs);
  });

  after(async () => {
    await files.remove();
    await configured({});
  });

  /** A run at `time` with changed inputs over the state, and what it would do. */
  async function atTime(time: Date, changes: Properties = {}, found: Properties = state): Promise<dynamic.DiffResult> {
    await files.setTime(time);
    return await ask(found, await checked({ ...DECLARED, ...changes }, inputs));
  }

  describe("sees nothing to do", () => {
    it("right after the key was issued, and until the hour it is due", async () => {
      assert.deepEqual(await atTime(START), { changes: false });
      assert.deepEqual(await atTime(later(29, 23)), { changes: false });
    });

    it("in the overlap after a rotation, and for the rest of the period", async () => {
      const first = inputs;
      await files.setTime(later(31));
      inputs = await checked(DECLARED, first);
      state = stateOf(inputs, rotated({ retireAfter: later(32, 1).toISOString() }));
      assert.deepEqual(await atTime(later(31, 20)), { changes: false });
    });

    it("when an older release recorded its inputs in another order", async () => {
      const turned = Object.fromEntries(Object.entries(state).reverse());
      assert.deepEqual(await atTime(START, {}, turned), { changes: false });
    });
  });

  describe("reads a state of a release that knew no delivery", () => {
    const deliver = "awssm://desk/mm?region=eu-west-1";

    it("and sees nothing to do as long as none is declared", async () => {
      assert.ok(!("deliver" in state) && !("delivered" in state));
      assert.deepEqual(await atTime(START), { changes: false });
    });

    it("and delivers once it is declared, until state says that it was", async () => {
      assert.deepEqual(await atTime(START, { deliver }), { changes: true });
      const shown = { ...state, deliver, delivered: { url: deliver, serial: 1 } };
      assert.deepEqual(await atTime(START, { deliver }, shown), { changes: false });
      assert.deepEqual(await atTime(START, { deliver }, { ...shown, delivered: undefined }), { changes: true });
      assert.deepEqual(await atTime(START, { deliver }, { ...shown, delivered: { url: deliver, serial: 2 } }), { changes: true });
      assert.deepEqual(await atTime(START, {}, shown), { changes: true });
    });
  });

  describe("sees something to do", () => {
    const table: readonly [string, (found: ApiKeyOutputs & Properties) => Properties, Properties][] = [
      ["when the code changed", (found) => ({ ...found, __provider: "code of an older release" }), {}],
      ["when a run stopped in the middle", (found) => ({ ...found, status: "unfinished" }), {}],
      ["when a refresh saw drift", (found) => ({ ...found, observed: { "serial 1 (current)": "ipWhitelist +6.6.6.6" } }), {}],
      ["when another address is declared", (found) => found, { ipWhitelist: ["52.1.2.3", "52.1.2.9"] }],
      ["when a scope is declared", (found) => found, { scopes: ["read", "spot", "futures"] }],
      ["when a rotation is asked for", (found) => found, { rotate: { every: "30d", overlap: "24h", trigger: "leaked" } }],
      ["when it is sealed by another key", (found) => found, { seal: "local:///other.key" }],
      ["when it is published elsewhere", (found) => found, { publish: "file:///elsewhere.json" }],
      ["when it is renamed", (found) => found, { name: "mm-renamed" }],
      ["when another bot gets it", (found) => found, { bot: "mm-2" }],
      ["when only words for people change", (found) => found, { tags: { team: "blue" } }],
    ];
    for (const [what, found, changes] of table) {
      it(what, async () => {
        assert.deepEqual(await atTime(START, changes, found(state)), { changes: true });
      });
    }

    it("when the key is due", async () => {
      assert.deepEqual(await atTime(later(30)), { changes: true });
    });

    it("when the version before the current one has had its overlap", async () => {
      const recorded = rotated({ retireAfter: START.toISOString() });
      state = stateOf(inputs, recorded);
      assert.deepEqual(await atTime(later(0, 1)), { changes: true });
    });

    it("when a stray has had its overlap", async () => {
      state = stateOf(inputs, { strays: [{ apiKey: "pub9", serial: 9, until: START.toISOString() }] });
      assert.deepEqual(await atTime(later(0, 1)), { changes: true });
    });
  });

  describe("never answers a replacement", () => {
    it("for a value that is not known yet, wherever it stands", async () => {
      const nested = { rotate: { every: UNKNOWN, overlap: "24h" }, tags: { team: UNKNOWN } };
      const single = Object.keys(DECLARED).map((name) => ({ [name]: UNKNOWN }));
      const listed = [{ ipWhitelist: [UNKNOWN, "52.1.2.4"] }, { scopes: ["read", UNKNOWN] }];
      for (const changes of [...single, ...listed, nested]) {
        assert.deepEqual(await ask(state, { ...inputs, ...changes }), { changes: true }, JSON.stringify(changes));
      }
    });

    it("for an unknown value even where replacements are accepted: it may be the same", async () => {
      const accepting = { ...inputs, replaceAtOnce: true };
      assert.deepEqual(await ask(stateOf(accepting), { ...accepting, subAccount: UNKNOWN }), { changes: true });
    });

    it("but where a person accepted that the old key dies at once", async () => {
      const result = await atTime(START, { subAccount: "100002", replaceAtOnce: true });
      assert.deepEqual(result, { changes: true, replaces: ["subAccount"], deleteBeforeReplace: true });
    });
  });

  describe("lists are sets:", () => {
    const turned = { scopes: ["spot", "read"], ipWhitelist: ["52.1.2.4", "52.1.2.3"] };

    it("another order changes nothing", async () => {
      assert.deepEqual(await atTime(START, turned), { changes: false });
    });

    it("nor does another order of an object's fields", async () => {
      const rotate = { overlap: "24h", every: "30d" };
      assert.deepEqual(await ask({ ...state, rotate }, inputs), { changes: false });
    });
  });

  it("check and diff open no connection and need no credential", async () => {
    const connect = Socket.prototype.connect;
    let attempts = 0;
    Socket.prototype.connect = function counted(this: Socket, ...args: unknown[]) {
      attempts += 1;
      return Reflect.apply(connect, this, args);
    };
    try {
      await check({}, DECLARED);
      await atTime(later(31), { rotate: { every: "30d", overlap: "24h", trigger: "now" } });
    } finally {
      Socket.prototype.connect = connect;
    }
    assert.equal(attempts, 0);
  });

  function rotated(previous: { readonly retireAfter: string }): Pick<Recorded, "sealed"> {
    const { scopes, seal } = state;
    const seen = { scopes, key: seal };
    const versions = [
      version(1, { ...seen, state: "previous", issuedAt: START.toISOString(), ...previous }),
      version(2, { ...seen, issuedAt: later(31).toISOString() }),
    ];
    return { sealed: documentOf(versions, { identity: state.sealed.identity }) };
  }
});
