import type { Call, Exchange, OpenExchange, Party } from "../../exchange";
import { setFrozen } from "../../frost";
import { ControlRefusal } from "../../refusals";
import { setStanding } from "../../standing";
import { BOT_READ, botEndpoints } from "./bots";
import { edited, toLivingKey } from "./edits";
import { refuse, refused } from "./errors";
import { guard, openRoute } from "./guard";
import { keyEndpoints } from "./keys";
import { type BybitKey, BybitState, EXCHANGE } from "./state";
import { subAccountEndpoints } from "./sub-accounts";

/** Bybit V5. */
export const open: OpenExchange = (world) => {
  const state = new BybitState(world);
  const endpoints = [...keyEndpoints(state), ...subAccountEndpoints(state), ...botEndpoints()];
  return {
    id: EXCHANGE,
    routes: [
      openRoute({ path: "/v5/market/time", operation: "time" }, state, () => serverTime(world.clock.now())),
      ...endpoints.map((endpoint) => guard(endpoint, state)),
    ],
    notFound: () => refused(refuse("route", "Route not found."), world.clock.now()),
    identify: (call) => identify(call, state),
    ...control(state),
  } satisfies Exchange;
};

function serverTime(now: number): unknown {
  return { timeSecond: String(Math.floor(now / 1000)), timeNano: `${now}000000` };
}

function identify(call: Call, state: BybitState): Party {
  const apiKey = call.headers.get("x-bapi-api-key") ?? "";
  const named = new URLSearchParams(call.query).get("subMemberId") ?? /"subuid":\s*([0-9]+)/.exec(call.body)?.[1];
  const edited = /"apikey":\s*"([^"]+)"/.exec(call.body)?.[1];
  return {
    apiKey: state.keys.wasKnown(apiKey) ? apiKey : undefined,
    subAccount: state.keys.get(apiKey)?.subAccount ?? named ?? (edited && state.keys.get(edited)?.subAccount),
  };
}

function control(state: BybitState): Omit<Exchange, "id" | "routes" | "notFound" | "identify"> {
  const shown = (key: BybitKey) => toLivingKey(subKey(key), state);
  return {
    botRead: BOT_READ,
    credential: () => credentialOf(existing(state, state.parentKey)),
    addParent: () => credentialOf(state.make(existing(state, state.parentKey))),
    subAccounts: () => [...state.members.keys()],
    addSubAccount: (uid) => addSubAccount(state, uid),
    freezeSubAccount: (uid, frozen) => setFrozen(state.members, uid, frozen),
    takesFormerKeys: ["secret"],
    keys: () => state.keys.all().filter(isSubKey).map(shown),
    addKey: ({ subAccount, was, ...edit }) => {
      if (!state.members.has(subAccount)) throw new ControlRefusal(404, "there is no such sub-account");
      const blank = { label: "", ips: [], readOnly: 0 as const, permissions: { Spot: ["SpotTrade"] } };
      return shown(state.make({ subAccount, was, ...edited(blank, edit) }));
    },
    editKey: (apiKey, edit) => shown(state.change(edited(subKey(existing(state, apiKey)), edit))),
    removeKey: (apiKey) => state.keys.remove(subKey(existing(state, apiKey)).apiKey),
    setStanding: (apiKey, standing) =>
      setStanding(state.keys, existing(state, apiKey ?? state.parentKey), { standing, earlyEnd: "listed" }),
    editParent: (edit) => {
      state.change(edited(existing(state, state.parentKey), edit));
    },
  };
}

function addSubAccount(state: BybitState, uid: string): void {
  if (!/^[1-9][0-9]{0,14}$/.test(uid)) throw new ControlRefusal(400, "a sub-account is a numeric UID at this exchange");
  if (state.members.has(uid)) throw new ControlRefusal(400, "there is such a sub-account already");
  state.addMember({ uid, username: `sub${uid}`, memberType: 1, remark: "" });
}

/** What proves a parent's key. */
function credentialOf({ apiKey, secret }: BybitKey): Readonly<Record<string, string>> {
  return { apiKey, secret };
}

function existing(state: BybitState, apiKey: string): BybitKey {
  const key = state.keys.get(apiKey);
  if (key === undefined) throw new ControlRefusal(404, "there is no such key");
  return key;
}

function isSubKey(key: BybitKey): key is BybitKey & { subAccount: string } {
  return key.subAccount !== undefined;
}

/** The parent's key is changed through its own order only. */
function subKey(key: BybitKey): BybitKey & { subAccount: string } {
  if (!isSubKey(key)) throw new ControlRefusal(404, "there is no such key");
  return key;
}
