/** Loaded into the provider's host only: notes every sync of a file or folder to the disk. Everything else is the compiled provider as it is. */
const { appendFileSync } = require("node:fs");
const { open } = require("node:fs/promises");

const file = process.env.EXCHANGE_KEYS_SYNCS;

async function watch() {
  const handle = await open(__filename);
  const prototype = Object.getPrototypeOf(handle);
  await handle.close();
  for (const name of ["sync", "datasync"]) {
    const original = prototype[name];
    prototype[name] = function (...rest) {
      appendFileSync(file, `${name}\n`);
      return original.apply(this, rest);
    };
  }
}

if (file !== undefined) void watch();
