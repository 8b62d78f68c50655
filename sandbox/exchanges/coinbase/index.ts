import type { NewKey } from "../../control-schema";
import type { Call, Exchange, LivingKey, OpenExchange, Party } from "../../exchange";
import { ControlRefusal } from "../../refusals";
import { BOT_READ, botEndpoints } from "./bots";
import { changesOf, readAlgorithm, toLivingKey } from "./edits";
import { notFound } from "./errors";
import { guard, openRoute } from "./guard";
import { namedKey } from "./signature";
import { type CoinbaseKey, CoinbaseState, EXCHANGE } from "./state";

/** Coinbase Advanced Trade. Keys come from people only, through the control port. */
export const open: OpenExchange = (world) => {
  const state = new CoinbaseState(world);
  const iso = () => `${new Date(world.clock.now()).toISOString().slice(0, 19)}Z`;
  const epoch = () => Math.floor(world.clock.now() / 1000);
  return {
    id: EXCHANGE,
    routes: [
      openRoute("/v2/time", state, () => ({ data: { iso: iso(), epoch: epoch() } })),
      openRoute("/api/v3/brokerage/time", state, () => ({
        iso: iso(),
        epochSeconds: String(epoch()),
        epochMillis: String(world.clock.now()),
      })),
      ...botEndpoints(state).map((endpoint) => guard(endpoint, state)),
    ],
    notFound,
    identify: (call) => identify(call, state),
    ...control(state),
  } satisfies Exchange;
};

function identify(call: Call, state: CoinbaseState): Party {
  const apiKey = namedKey(call);
  if (apiKey === undefined || !state.keys.wasKnown(apiKey)) return {};
  return { apiKey, subAccount: state.keys.get(apiKey)?.subAccount };
}

function control(state: CoinbaseState): Omit<Exchange, "id" | "routes" | "notFound" | "identify"> {
  const shown = (key: CoinbaseKey) => toLivingKey(portfolioKey(key));
  return {
    botRead: BOT_READ,
    credential: () => {
      const { apiKey, secret } = existing(state, state.parentKey);
      // A PEM file ends in a line break.
      return { apiKey, secret: `${secret}\n` };
    },
    subAccounts: () => [...state.portfolios],
    addSubAccount: (uuid) => addPortfolio(state, uuid),
    keys: () => state.keys.all().filter(isPortfolioKey).map(shown),
    addKey: (key) => addKey(state, key),
    editKey: (apiKey, edit) => shown(state.change(portfolioKey(existing(state, apiKey)), changesOf(edit))),
    removeKey: (apiKey) => state.keys.remove(portfolioKey(existing(state, apiKey)).apiKey),
    editParent: (edit) => {
      state.change(existing(state, state.parentKey), changesOf(edit));
    },
  };
}

function addKey(state: CoinbaseState, { subAccount, algorithm = "ES256", ...edit }: NewKey): LivingKey {
  if (!state.portfolios.has(subAccount)) throw new ControlRefusal(404, "there is no such portfolio");
  const blank = { label: "by hand", ips: [], perms: ["view"] as const, algorithm: readAlgorithm(algorithm) };
  return toLivingKey(portfolioKey(state.make({ ...blank, ...changesOf(edit), subAccount })));
}

function addPortfolio(state: CoinbaseState, uuid: string): void {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(uuid)) throw new ControlRefusal(400, "a portfolio is a UUID here");
  if (state.portfolios.has(uuid)) throw new ControlRefusal(400, "there is such a portfolio already");
  state.portfolios.add(uuid);
}

function existing(state: CoinbaseState, apiKey: string): CoinbaseKey {
  const key = state.keys.get(apiKey);
  if (key === undefined) throw new ControlRefusal(404, "there is no such key");
  return key;
}

function isPortfolioKey(key: CoinbaseKey): key is CoinbaseKey & { subAccount: string } {
  return key.subAccount !== undefined;
}

/** The parent's key is changed through its own order only. */
function portfolioKey(key: CoinbaseKey): CoinbaseKey & { subAccount: string } {
  if (!isPortfolioKey(key)) throw new ControlRefusal(404, "there is no such key");
  return key;
}
