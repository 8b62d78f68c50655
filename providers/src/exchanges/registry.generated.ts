// Written by `npm run generate` from the folders beside this file: do not edit.
import { descriptor as binance } from "./binance/descriptor";
import { descriptor as binancebroker } from "./binancebroker/descriptor";
import { descriptor as bybit } from "./bybit/descriptor";
import { descriptor as coinbase } from "./coinbase/descriptor";
import { descriptor as coinbaseexchange } from "./coinbaseexchange/descriptor";
import { descriptor as gate } from "./gate/descriptor";
import { descriptor as kucoin } from "./kucoin/descriptor";
import { descriptor as okx } from "./okx/descriptor";
import type { RegistryEntry } from "./registry";

/** Every exchange that has a folder here. Importing an adapter loads its code, which most runs do not need. */
export const ENTRIES: readonly RegistryEntry[] = [
  { descriptor: binance, load: () => import("./binance/adapter.js") },
  { descriptor: binancebroker, load: () => import("./binancebroker/adapter.js") },
  { descriptor: bybit, load: () => import("./bybit/adapter.js") },
  { descriptor: coinbase, load: () => import("./coinbase/adapter.js") },
  { descriptor: coinbaseexchange, load: () => import("./coinbaseexchange/adapter.js") },
  { descriptor: gate, load: () => import("./gate/adapter.js") },
  { descriptor: kucoin, load: () => import("./kucoin/adapter.js") },
  { descriptor: okx, load: () => import("./okx/adapter.js") },
];
