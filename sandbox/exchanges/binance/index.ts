import type { Call, Exchange, OpenExchange, Party } from "../../exchange";
import { setFrozen } from "../../frost";
import { ControlRefusal } from "../../refusals";
import { setStanding } from "../../standing";
import { BOT_READ, botEndpoints } from "./bots";
import { edited, toLivingKey } from "./edits";
import { notFound } from "./errors";
import { guard, openRoute } from "./guard";
import { keyEndpoints } from "./keys";
import { formerPublicKey } from "./public-keys";
import { type BinanceKey, BinanceState, EXCHANGE } from "./state";
import { subAccountEndpoints } from "./sub-accounts";

/** Binance, ordinary sub-accounts of a master. */
export const open: OpenExchange = (world) => {
  const state = new BinanceState(world);
  const endpoints = [...keyEndpoints(state), ...subAccountEndpoints(state), ...botEndpoints(state)];
  return {
    id: EXCHANGE,
    routes: [
      openRoute({ path: "/api/v3/time", operation: "time" }, () => ({ serverTime: world.clock.now() })),
      ...endpoints.map((endpoint) => guard(endpoint, state)),
    ],
    notFound,
    identify: (call) => identify(call, state),
    ...control(state),
  } satisfies Exchange;
};

function identify(call: Call, state: BinanceState): Party {
  const apiKey = call.headers.get("x-mbx-apikey") ?? "";
  const named = new URLSearchParams(`${call.query}&${call.body}`).get("email");
  return {
    apiKey: state.keys.wasKnown(apiKey) ? apiKey : undefined,
    subAccount: state.keys.get(apiKey)?.subAccount ?? named ?? undefined,
  };
}

function control(state: BinanceState): Omit<Exchange, "id" | "routes" | "notFound" | "identify"> {
  const shown = (key: BinanceKey) => toLivingKey(subKey(key), state);
  return {
    botRead: BOT_READ,
    credential: () => credentialOf(existing(state, state.parentKey)),
    addParent: () => credentialOf(state.make(existing(state, state.parentKey))),
    subAccounts: () => [...state.subAccounts.keys()],
    addSubAccount: (email) => addSubAccount(state, email),
    freezeSubAccount: (email, frozen) => setFrozen(state.subAccounts, email, frozen),
    keys: () => state.keys.all().filter(isSubKey).map(shown),
    takesFormerKeys: ["secret", "publicKey"],
    addKey: ({ subAccount, was, ...edit }) => {
      if (!state.subAccounts.has(subAccount)) throw new ControlRefusal(404, "there is no such sub-account");
      const blank = { label: "byhand", ips: [], bound: false, flags: [], ...formerPublicKey(was) };
      return shown(state.make({ subAccount, was, ...edited(blank, edit) }));
    },
    editKey: (apiKey, edit) => shown(state.change(edited(subKey(existing(state, apiKey)), edit))),
    removeKey: (apiKey) => state.keys.remove(subKey(existing(state, apiKey)).apiKey),
    setStanding: (apiKey, standing) =>
      setStanding(state.keys, existing(state, apiKey ?? state.parentKey), { standing, earlyEnd: "none" }),
    editParent: (edit) => {
      state.change(edited(existing(state, state.parentKey), edit));
    },
  };
}

function addSubAccount(state: BinanceState, email: string): void {
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) throw new ControlRefusal(400, "a sub-account is an e-mail at this exchange");
  if (state.subAccounts.has(email)) throw new ControlRefusal(400, "there is such a sub-account already");
  state.addSubAccount(email, { futures: false, margin: false });
}

/** What proves a parent's key. */
function credentialOf({ apiKey, secret }: BinanceKey): Readonly<Record<string, string>> {
  return { apiKey, secret };
}

function existing(state: BinanceState, apiKey: string): BinanceKey {
  const key = state.keys.get(apiKey);
  if (key === undefined) throw new ControlRefusal(404, "there is no such key");
  return key;
}

function isSubKey(key: BinanceKey): key is BinanceKey & { subAccount: string } {
  return key.subAccount !== undefined;
}

/** The parent's key is changed through its own order only. */
function subKey(key: BinanceKey): BinanceKey & { subAccount: string } {
  if (!isSubKey(key)) throw new ControlRefusal(404, "there is no such key");
  return key;
}
