/**
 * Loaded into every process of Node of a run: what it deletes or renames is kept by a second name before, as `FileWatch` keeps what others do.
 * So no version of a document is missed, however soon the next one follows.
 */
const fs = require("node:fs");
const { syncBuiltinESMExports } = require("node:module");
const { dirname, join, relative, resolve, sep } = require("node:path");

const { linkSync, lstatSync, mkdirSync } = fs;
const { folder, kept, except } = JSON.parse(process.env.EXCHANGE_KEYS_CANARY_KEPT);
const isIn = (path, place) => path.startsWith(place + sep);

function keep(name) {
  const path = resolve(String(name));
  if (!isIn(path, folder) || [kept, ...except].some((place) => isIn(path, place))) return;
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats?.isFile()) return;
  const second = join(kept, String(stats.ino), relative(folder, path));
  mkdirSync(dirname(second), { recursive: true });
  try {
    linkSync(path, second);
  } catch (error) {
    // Kept already.
    if (error.code !== "EEXIST") throw error;
  }
}

function keepFirst(module, name) {
  const act = module[name];
  module[name] = function (path, ...rest) {
    keep(path);
    return act.call(this, path, ...rest);
  };
}

for (const name of ["rename", "unlink"]) {
  keepFirst(fs, name);
  keepFirst(fs, `${name}Sync`);
  keepFirst(fs.promises, name);
}
syncBuiltinESMExports();
