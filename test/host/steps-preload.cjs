/** Loaded into the provider's host only: notes the kind of every step that it plans. Everything else is the compiled provider as it is. */
const { appendFileSync } = require("node:fs");
const Module = require("node:module");

const file = process.env.EXCHANGE_KEYS_STEPS;

if (file !== undefined) {
  const load = Module._load;
  let done = false;
  Module._load = function (name, ...rest) {
    const loaded = load.call(this, name, ...rest);
    if (!done && name.endsWith("/core/plan")) {
      done = true;
      const { plan } = loaded;
      loaded.plan = (situation) => {
        const steps = plan(situation);
        appendFileSync(file, steps.map((step) => `${step.do}\n`).join(""));
        return steps;
      };
    }
    return loaded;
  };
}
