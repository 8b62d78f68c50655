import type { Call, Exchange, OpenExchange, Party } from "../../exchange";
import { ControlRefusal } from "../../refusals";
import { setStanding } from "../../standing";
import { formerPublicKey } from "../binance/public-keys";
import { BOT_READ, botEndpoints } from "./bots";
import { edited, toLivingKey } from "./edits";
import { notFound } from "./errors";
import { guard, openRoute } from "./guard";
import { keyEndpoints } from "./keys";
import { type BrokerKey, BrokerState, EXCHANGE } from "./state";
import { subAccountEndpoints } from "./sub-accounts";

/** Binance, sub-accounts of a broker. */
export const open: OpenExchange = (world) => {
  const state = new BrokerState(world);
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

function identify(call: Call, state: BrokerState): Party {
  const apiKey = call.headers.get("x-mbx-apikey") ?? "";
  const named = new URLSearchParams(`${call.query}&${call.body}`).get("subAccountId");
  return {
    apiKey: state.keys.wasKnown(apiKey) ? apiKey : undefined,
    subAccount: state.keys.get(apiKey)?.subAccount ?? named ?? undefined,
  };
}

function control(state: BrokerState): Omit<Exchange, "id" | "routes" | "notFound" | "identify"> {
  const shown = (key: BrokerKey) => toLivingKey(subKey(key), state);
  return {
    botRead: BOT_READ,
    credential: () => credentialOf(existing(state, state.parentKey)),
    addParent: () => credentialOf(state.make(existing(state, state.parentKey))),
    subAccounts: () => [...state.subAccounts.keys()],
    addSubAccount: (id) => addSubAccount(state, id),
    keys: () => state.keys.all().filter(isSubKey).map(shown),
    takesFormerKeys: ["secret", "publicKey"],
    addKey: ({ subAccount, was, ...edit }) => {
      if (!state.subAccounts.has(subAccount)) throw new ControlRefusal(404, "there is no such sub-account");
      const blank = { label: "", ips: [], bound: false, flags: [], ...formerPublicKey(was) };
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

function addSubAccount(state: BrokerState, id: string): void {
  if (!/^[0-9]{1,20}$/.test(id)) throw new ControlRefusal(400, "a sub-account is a number at this exchange");
  if (state.subAccounts.has(id)) throw new ControlRefusal(400, "there is such a sub-account already");
  state.addSubAccount(id, { futures: false, margin: false });
}

/** What proves a parent's key. */
function credentialOf({ apiKey, secret }: BrokerKey): Readonly<Record<string, string>> {
  return { apiKey, secret };
}

function existing(state: BrokerState, apiKey: string): BrokerKey {
  const key = state.keys.get(apiKey);
  if (key === undefined) throw new ControlRefusal(404, "there is no such key");
  return key;
}

function isSubKey(key: BrokerKey): key is BrokerKey & { subAccount: string } {
  return key.subAccount !== undefined;
}

/** The parent's key is changed through its own order only. */
function subKey(key: BrokerKey): BrokerKey & { subAccount: string } {
  if (!isSubKey(key)) throw new ControlRefusal(404, "there is no such key");
  return key;
}
