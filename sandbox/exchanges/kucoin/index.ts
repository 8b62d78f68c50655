import type { NewKey } from "../../control-schema";
import { randomText } from "../../credentials";
import type { Call, Exchange, LivingKey, OpenExchange, Party } from "../../exchange";
import { setFrozen } from "../../frost";
import { ControlRefusal } from "../../refusals";
import { setStanding } from "../../standing";
import { BOT_READ, botEndpoints } from "./bots";
import { changesOf, toLivingKey } from "./edits";
import { refuse, refused } from "./errors";
import { guard, openRoute } from "./guard";
import { keyEndpoints } from "./keys";
import { EXCHANGE, type KucoinKey, KucoinState } from "./state";
import { NAME, subAccountEndpoints } from "./sub-accounts";

/** KuCoin, its spot host. */
export const open: OpenExchange = (world) => {
  const state = new KucoinState(world);
  const endpoints = [...keyEndpoints(state), ...subAccountEndpoints(state), ...botEndpoints(state)];
  return {
    id: EXCHANGE,
    routes: [
      openRoute({ path: "/api/v1/timestamp", operation: "time", weight: 3 }, state, () => world.clock.now()),
      ...endpoints.map((endpoint) => guard(endpoint, state)),
    ],
    notFound: () => refused(refuse("route", "Url Not Found")),
    identify: (call) => identify(call, state),
    ...control(state),
  } satisfies Exchange;
};

function identify(call: Call, state: KucoinState): Party {
  const apiKey = call.headers.get("kc-api-key") ?? "";
  const named = new URLSearchParams(call.query).get("subName") ?? /"subName":\s*"([A-Za-z0-9]+)"/.exec(call.body)?.[1];
  return {
    apiKey: state.keys.wasKnown(apiKey) ? apiKey : undefined,
    subAccount: state.keys.get(apiKey)?.subAccount ?? named,
  };
}

function control(state: KucoinState): Omit<Exchange, "id" | "routes" | "notFound" | "identify"> {
  const shown = (key: KucoinKey) => toLivingKey(subKey(key), state);
  return {
    botRead: BOT_READ,
    credential: () => credentialOf(existing(state, state.parentKey)),
    addParent: () => credentialOf(state.make({ ...existing(state, state.parentKey), passphrase: randomText(16) })),
    subAccounts: () => [...state.subAccounts.keys()],
    addSubAccount: (name) => addSubAccount(state, name),
    freezeSubAccount: (name, frozen) => setFrozen(state.subAccounts, name, frozen),
    keys: () => {
      state.forgetEnded();
      return state.keys.all().filter(isSubKey).map(shown);
    },
    takesFormerKeys: ["secret"],
    addKey: (key) => addKey(state, key),
    editKey: (apiKey, edit) => shown(state.change(subKey(existing(state, apiKey)), changesOf(edit))),
    removeKey: (apiKey) => state.keys.remove(subKey(existing(state, apiKey)).apiKey),
    setStanding: (apiKey, standing) =>
      setStanding(state.keys, existing(state, apiKey ?? state.parentKey), { standing, earlyEnd: "deleted" }),
    editParent: (edit) => {
      state.change(existing(state, state.parentKey), changesOf(edit));
    },
  };
}

function addKey(state: KucoinState, { subAccount, was, ...edit }: NewKey): LivingKey {
  if (!state.subAccounts.has(subAccount)) throw new ControlRefusal(404, "there is no such sub-account");
  const blank = { label: "byhand", ips: [], permission: ["General"] as const, passphrase: randomText(16), expire: -1 };
  return toLivingKey(subKey(state.make({ ...blank, ...changesOf(edit), subAccount, was })), state);
}

function addSubAccount(state: KucoinState, name: string): void {
  if (!NAME.test(name)) throw new ControlRefusal(400, "a sub-account has 7 to 32 letters and digits here, at least one of each");
  if (state.subAccounts.has(name)) throw new ControlRefusal(400, "there is such a sub-account already");
  state.addSubAccount({ name, access: ["Spot", "Margin", "Futures"], remarks: "" });
}

/** What proves a parent's key. */
function credentialOf({ apiKey, secret, passphrase }: KucoinKey): Readonly<Record<string, string>> {
  return { apiKey, secret, passphrase };
}

function existing(state: KucoinState, apiKey: string): KucoinKey {
  state.forgetEnded();
  const key = state.keys.get(apiKey);
  if (key === undefined) throw new ControlRefusal(404, "there is no such key");
  return key;
}

function isSubKey(key: KucoinKey): key is KucoinKey & { subAccount: string } {
  return key.subAccount !== undefined;
}

/** The parent's key is changed through its own order only. */
function subKey(key: KucoinKey): KucoinKey & { subAccount: string } {
  if (!isSubKey(key)) throw new ControlRefusal(404, "there is no such key");
  return key;
}
