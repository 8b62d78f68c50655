import type { NewKey } from "../../control-schema";
import type { Call, Exchange, LivingKey, OpenExchange, Party } from "../../exchange";
import { setFrozen } from "../../frost";
import { ControlRefusal } from "../../refusals";
import { setStanding } from "../../standing";
import { BOT_READ, botEndpoints } from "./bots";
import { changesOf, toLivingKey } from "./edits";
import { refuse, refused } from "./errors";
import { guard, openRoute } from "./guard";
import { keyEndpoints } from "./keys";
import { EXCHANGE, type GateKey, GateState } from "./state";
import { subAccountEndpoints } from "./sub-accounts";

/** Gate.io API v4. */
export const open: OpenExchange = (world) => {
  const state = new GateState(world);
  const endpoints = [...keyEndpoints(state), ...subAccountEndpoints(state), ...botEndpoints(state)];
  return {
    id: EXCHANGE,
    routes: [
      openRoute({ path: "/api/v4/spot/time", operation: "time" }, state, () => ({ server_time: world.clock.now() })),
      ...endpoints.map((endpoint) => guard(endpoint, state)),
    ],
    notFound: () => refused(refuse("route", "Not found"), "message"),
    identify: (call) => identify(call, state),
    ...control(state),
  } satisfies Exchange;
};

function identify(call: Call, state: GateState): Party {
  const apiKey = call.headers.get("key") ?? "";
  const named = /^\/api\/v4\/sub_accounts\/([0-9]{1,15})(?:\/|$)/.exec(call.path)?.[1];
  return {
    apiKey: state.keys.wasKnown(apiKey) ? apiKey : undefined,
    subAccount: state.keys.get(apiKey)?.subAccount ?? named,
  };
}

function control(state: GateState): Omit<Exchange, "id" | "routes" | "notFound" | "identify"> {
  const shown = (key: GateKey) => toLivingKey(subKey(key), state);
  return {
    botRead: BOT_READ,
    credential: () => credentialOf(existing(state, state.parentKey)),
    addParent: () => credentialOf(state.make(existing(state, state.parentKey))),
    subAccounts: () => [...state.subAccounts.keys()],
    addSubAccount: (uid) => addSubAccount(state, uid),
    freezeSubAccount: (uid, frozen) => setFrozen(state.subAccounts, uid, frozen),
    keys: () => state.keys.all().filter(isSubKey).map(shown),
    takesFormerKeys: ["secret"],
    addKey: (key) => addKey(state, key),
    editKey: (apiKey, edit) => shown(state.change(subKey(existing(state, apiKey)), changesOf(edit))),
    removeKey: (apiKey) => state.keys.remove(subKey(existing(state, apiKey)).apiKey),
    setStanding: (apiKey, standing) =>
      setStanding(state.keys, existing(state, apiKey ?? state.parentKey), { standing, earlyEnd: "none" }),
    editParent: (edit) => {
      state.change(existing(state, state.parentKey), changesOf(edit));
    },
  };
}

function addKey(state: GateState, { subAccount, was, ...edit }: NewKey): LivingKey {
  if (!state.subAccounts.has(subAccount)) throw new ControlRefusal(404, "there is no such sub-account");
  const blank = { label: "", ips: [], perms: [{ name: "spot", read_only: true }], mode: 1 as const };
  return toLivingKey(subKey(state.make({ ...blank, ...changesOf(edit), subAccount, was })), state);
}

function addSubAccount(state: GateState, uid: string): void {
  if (!/^[1-9][0-9]{0,14}$/.test(uid)) throw new ControlRefusal(400, "a sub-account is a numeric user id at this exchange");
  if (state.subAccounts.has(uid)) throw new ControlRefusal(400, "there is such a sub-account already");
  state.addSubAccount({ uid, loginName: `sub_${uid}`, remark: "" });
}

/** What proves a parent's key. */
function credentialOf({ apiKey, secret }: GateKey): Readonly<Record<string, string>> {
  return { apiKey, secret };
}

function existing(state: GateState, apiKey: string): GateKey {
  const key = state.keys.get(apiKey);
  if (key === undefined) throw new ControlRefusal(404, "there is no such key");
  return key;
}

function isSubKey(key: GateKey): key is GateKey & { subAccount: string } {
  return key.subAccount !== undefined;
}

/** The parent's key is changed through its own order only. */
function subKey(key: GateKey): GateKey & { subAccount: string } {
  if (!isSubKey(key)) throw new ControlRefusal(404, "there is no such key");
  return key;
}
