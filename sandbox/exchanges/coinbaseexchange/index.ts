import type { NewKey } from "../../control-schema";
import type { Call, Exchange, LivingKey, OpenExchange, Party } from "../../exchange";
import { ControlRefusal } from "../../refusals";
import { BOT_READ, botEndpoints } from "./bots";
import { changesOf, toLivingKey } from "./edits";
import { refuse, refused } from "./errors";
import { guard, openRoute } from "./guard";
import { EXCHANGE, type ExchangeKey, ExchangeState } from "./state";

/** Coinbase Exchange. Keys come from people only, through the control port. */
export const open: OpenExchange = (world) => {
  const state = new ExchangeState(world);
  return {
    id: EXCHANGE,
    routes: [
      openRoute("/time", state, () => ({ iso: new Date(world.clock.now()).toISOString(), epoch: world.clock.now() / 1000 })),
      ...botEndpoints(state).map((endpoint) => guard(endpoint, state)),
    ],
    notFound: () => refused(refuse("route", world.random)),
    identify: (call) => identify(call, state),
    ...control(state),
  } satisfies Exchange;
};

function identify(call: Call, state: ExchangeState): Party {
  const apiKey = call.headers.get("cb-access-key") ?? "";
  if (!state.keys.wasKnown(apiKey)) return {};
  return { apiKey, subAccount: state.keys.get(apiKey)?.subAccount };
}

function control(state: ExchangeState): Omit<Exchange, "id" | "routes" | "notFound" | "identify"> {
  const shown = (key: ExchangeKey) => toLivingKey(profileKey(key));
  return {
    botRead: BOT_READ,
    credential: () => {
      const { apiKey, secret, passphrase } = existing(state, state.parentKey);
      return { apiKey, secret, passphrase };
    },
    subAccounts: () => [...state.profiles],
    addSubAccount: (uuid) => addProfile(state, uuid),
    keys: () => state.keys.all().filter(isProfileKey).map(shown),
    addKey: (key) => addKey(state, key),
    editKey: (apiKey, edit) => shown(state.change(profileKey(existing(state, apiKey)), changesOf(edit))),
    removeKey: (apiKey) => state.keys.remove(profileKey(existing(state, apiKey)).apiKey),
    editParent: (edit) => {
      state.change(existing(state, state.parentKey), changesOf(edit));
    },
  };
}

function addKey(state: ExchangeState, { subAccount, algorithm, ...edit }: NewKey): LivingKey {
  if (algorithm !== undefined) throw new ControlRefusal(400, "all keys of this exchange sign in one way");
  if (!state.profiles.has(subAccount)) throw new ControlRefusal(404, "there is no such profile");
  const blank = { label: "by hand", ips: [], perms: ["view"] as const };
  return toLivingKey(profileKey(state.make({ ...blank, ...changesOf(edit), subAccount })));
}

function addProfile(state: ExchangeState, uuid: string): void {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) throw new ControlRefusal(400, "a profile is a UUID here");
  if (state.profiles.has(uuid)) throw new ControlRefusal(400, "there is such a profile already");
  state.profiles.add(uuid);
}

function existing(state: ExchangeState, apiKey: string): ExchangeKey {
  const key = state.keys.get(apiKey);
  if (key === undefined) throw new ControlRefusal(404, "there is no such key");
  return key;
}

function isProfileKey(key: ExchangeKey): key is ExchangeKey & { subAccount: string } {
  return key.subAccount !== undefined;
}

/** The parent's key is changed through its own order only. */
function profileKey(key: ExchangeKey): ExchangeKey & { subAccount: string } {
  if (!isProfileKey(key)) throw new ControlRefusal(404, "there is no such key");
  return key;
}
