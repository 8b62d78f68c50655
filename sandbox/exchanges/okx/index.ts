import type { NewKey } from "../../control-schema";
import { randomText } from "../../credentials";
import type { Call, Exchange, LivingKey, OpenExchange, Party } from "../../exchange";
import { setFrozen } from "../../frost";
import { ControlRefusal } from "../../refusals";
import { setStanding } from "../../standing";
import { BOT_READ, botEndpoints } from "./bots";
import { changesOf, toLivingKey } from "./edits";
import { notFound } from "./errors";
import { guard, openRoute } from "./guard";
import { keyEndpoints } from "./keys";
import { EXCHANGE, type OkxKey, OkxState, randomPassphrase } from "./state";
import { subAccountEndpoints } from "./sub-accounts";

/** OKX V5. */
export const open: OpenExchange = (world) => {
  const state = new OkxState(world);
  const endpoints = [...keyEndpoints(state), ...subAccountEndpoints(state), ...botEndpoints(state)];
  return {
    id: EXCHANGE,
    routes: [
      openRoute({ path: "/api/v5/public/time", operation: "time" }, state, () => [{ ts: String(world.clock.now()) }]),
      ...endpoints.map((endpoint) => guard(endpoint, state)),
    ],
    notFound,
    identify: (call) => identify(call, state),
    ...control(state),
  } satisfies Exchange;
};

function identify(call: Call, state: OkxState): Party {
  const apiKey = call.headers.get("ok-access-key") ?? "";
  const named = new URLSearchParams(call.query).get("subAcct") ?? /"subAcct":\s*"([A-Za-z0-9]+)"/.exec(call.body)?.[1];
  return {
    apiKey: state.keys.wasKnown(apiKey) ? apiKey : undefined,
    subAccount: state.keys.get(apiKey)?.subAccount ?? named,
  };
}

function control(state: OkxState): Omit<Exchange, "id" | "routes" | "notFound" | "identify"> {
  const shown = (key: OkxKey) => toLivingKey(subKey(key), state);
  return {
    botRead: BOT_READ,
    credential: () => credentialOf(existing(state, state.parentKey)),
    addParent: () => credentialOf(state.make({ ...existing(state, state.parentKey), passphrase: randomText(16) })),
    subAccounts: () => [...state.subAccounts.keys()],
    addSubAccount: (name) => addSubAccount(state, name),
    freezeSubAccount: (name, frozen) => setFrozen(state.subAccounts, name, frozen),
    takesFormerKeys: ["secret"],
    keys: () => {
      state.forgetIdle();
      return state.keys.all().filter(isSubKey).map(shown);
    },
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

function addKey(state: OkxState, { subAccount, was, ...edit }: NewKey): LivingKey {
  if (!state.subAccounts.has(subAccount)) throw new ControlRefusal(404, "there is no such sub-account");
  const blank = { label: "byhand", ips: [], perm: ["read_only"] as const, passphrase: randomPassphrase() };
  return toLivingKey(subKey(state.make({ ...blank, ...changesOf(edit), subAccount, was })), state);
}

function addSubAccount(state: OkxState, name: string): void {
  if (!/^[A-Za-z0-9]{6,20}$/.test(name)) throw new ControlRefusal(400, "a sub-account has 6 to 20 letters and digits here");
  if (state.subAccounts.has(name)) throw new ControlRefusal(400, "there is such a sub-account already");
  state.addSubAccount({ name, label: "", type: "1" });
}

/** What proves a parent's key. */
function credentialOf({ apiKey, secret, passphrase }: OkxKey): Readonly<Record<string, string>> {
  return { apiKey, secret, passphrase };
}

function existing(state: OkxState, apiKey: string): OkxKey {
  state.forgetIdle();
  const key = state.keys.get(apiKey);
  if (key === undefined) throw new ControlRefusal(404, "there is no such key");
  return key;
}

function isSubKey(key: OkxKey): key is OkxKey & { subAccount: string } {
  return key.subAccount !== undefined;
}

/** The parent's key is changed through its own order only. */
function subKey(key: OkxKey): OkxKey & { subAccount: string } {
  if (!isSubKey(key)) throw new ControlRefusal(404, "there is no such key");
  return key;
}
