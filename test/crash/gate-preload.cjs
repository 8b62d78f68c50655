/**
 * Loaded into the provider's host only: asks the gate before and after each deed, which no request of an exchange shows, and gives
 * requests all the time there is. Everything else is the compiled provider as it is.
 */
const Module = require("node:module");
const { basename } = require("node:path");
const { request } = require("node:http");

const gate = process.env.EXCHANGE_KEYS_CRASH_GATE;

/** Returns when the gate answers: never, where the run is to be killed. */
function pass(deed, name, edge) {
  return new Promise((resolve, reject) => {
    const body = JSON.stringify({ deed, name, edge });
    const asked = request(gate, { method: "POST", agent: false }, (answer) => {
      answer.resume();
      answer.once("end", resolve);
    });
    asked.once("error", reject);
    asked.end(body);
  });
}

const watched = (deed, nameOf, act) =>
  async function (...args) {
    const name = nameOf(...args);
    await pass(deed, name, "before");
    const result = await act.apply(this, args);
    await pass(deed, name, "after");
    return result;
  };

/** The engine's state follows the answer, so what stands before the one stands before the other. */
const answering = (nameOf, act) =>
  async function (...args) {
    const result = await act.apply(this, args);
    await pass("answer", nameOf(...args), "before");
    return result;
  };

/** The same thing but for `others`, whatever else it has. */
const butFor = (thing, others) =>
  new Proxy(thing, {
    get: (_, name) => {
      const value = others[name] ?? thing[name];
      return typeof value === "function" ? value.bind(thing) : value;
    },
  });

const patches = {
  // What is held stays where it is until the kill, and a busy machine makes no request fail.
  undici: (loaded) => {
    loaded.Agent = class extends loaded.Agent {
      constructor(options) {
        super({ ...options, headersTimeout: 0, bodyTimeout: 0 });
      }
    };
  },
  "wire/transport": (loaded) => {
    const { createTransport } = loaded;
    loaded.createTransport = (options) => createTransport({ ...options, deadline: () => new AbortController().signal });
  },
  "seal/open-sealer": (loaded) => {
    const { openSealer } = loaded;
    loaded.openSealer = (...args) => {
      const sealer = openSealer(...args);
      return butFor(sealer, { seal: watched("seal", (_, { name }) => name, sealer.seal.bind(sealer)) });
    };
  },
  "publish/open-store": (loaded) => {
    const { openStore } = loaded;
    loaded.openStore = (...args) => {
      const store = openStore(...args);
      const name = () => basename(store.url, ".json");
      return butFor(store, {
        write: watched("publish", name, store.write.bind(store)),
        remove: watched("unpublish", name, store.remove.bind(store)),
      });
    };
  },
  "lifecycle/api-key": (loaded) => {
    loaded.createKey = answering(({ name }) => name, loaded.createKey);
    loaded.updateKey = answering((_, { name }) => name, loaded.updateKey);
  },
  "lifecycle/remove": (loaded) => {
    loaded.remove = answering(({ name }) => name, loaded.remove);
  },
};

if (gate !== undefined && process.argv[1]?.includes("dynamic-provider")) {
  const load = Module._load;
  const done = new Set();
  Module._load = function (name, ...rest) {
    const loaded = load.call(this, name, ...rest);
    const patch = Object.keys(patches).find((end) => name === end || name.endsWith(`/${end}`));
    if (patch !== undefined && !done.has(patch)) {
      done.add(patch);
      patches[patch](loaded);
    }
    return loaded;
  };
}
