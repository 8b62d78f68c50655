import { adoptedKey, apiKey, type Case } from "./samples";

const both = { scopes: ["read", "spot", "futures"] };
const unsplit = { exchange: "okx", subAccount: "desk1", ...both };

/** Rules that keep keys, bots, purposes and products apart. */
export const apartCases: readonly Case[] = [
  {
    rule: "one-key-per-bot",
    what: "two keys of one product, and not two products or two exchanges",
    resources: [
      apiKey("a", { bot: "mm-1" }),
      apiKey("b", { bot: "mm-1", scopes: ["read", "margin"], subAccount: "100002" }),
      apiKey("c", { bot: "mm-1", scopes: ["read", "futures"] }),
      apiKey("d", { bot: "mm-1", exchange: "gate" }),
    ],
    expected: [["b", /^bot mm-1 has 2 keys: "a", "b"\. Give each process/]],
  },
  {
    rule: "one-key-per-bot",
    what: "a second key at an exchange, or in the stack, where that is configured",
    resources: [apiKey("a", { bot: "mm-1" }), apiKey("c", { bot: "mm-1", scopes: ["read", "futures"] })],
    config: { "one-key-per-bot": { per: "exchange" } },
    expected: [["c", /bot mm-1 has 2 keys/]],
  },
  {
    rule: "one-key-per-bot",
    what: "a second key in the stack, where that is configured",
    resources: [apiKey("a", { bot: "mm-1" }), apiKey("d", { bot: "mm-1", exchange: "gate" })],
    config: { "one-key-per-bot": { per: "stack" } },
    expected: [["d", /bot mm-1 has 2 keys/]],
  },
  {
    rule: "one-key-per-bot",
    what: "two keys in one document",
    resources: [apiKey("a"), apiKey("b", { publish: "file:///keys/a.json" })],
    expected: [["b", /"a", "b" share one published document/]],
  },
  {
    rule: "one-key-per-bot",
    what: "two keys in one document that is spelled differently, whoever made them",
    resources: [
      apiKey("a", { publish: "ssm:///desk/mm?region=eu-west-1&tier=advanced" }),
      adoptedKey("b", { publish: "ssm:///desk/mm?tier=standard&region=eu-west-1" }),
      apiKey("c", { publish: "ssm:///desk/mm?region=us-east-1" }),
      apiKey("d", { publish: "file:///keys/%6d.json" }),
      adoptedKey("e", { publish: "file:///keys/m.json" }),
    ],
    expected: [
      ["b", /"a", "b" share one published document/],
      ["e", /"d", "e" share one published document/],
    ],
  },
  {
    rule: "bot-trades-or-withdraws",
    what: "a trade key and a withdraw key of one bot, at any exchange, and not those of two bots",
    resources: [
      apiKey("a", { bot: "mm-1" }),
      adoptedKey("b", { bot: "mm-1", exchange: "okx" }),
      adoptedKey("c", { bot: "treasury" }),
      apiKey("d", { bot: "treasury", scopes: ["read"] }),
      apiKey("e", { bot: "treasury", environment: "testnet" }),
    ],
    expected: [["b", /^bot mm-1 withdraws with "b" and trades with "a"\. Give the key that withdraws to a bot of its own/]],
  },
  {
    rule: "market-making-apart-from-arbitrage",
    what: "a bot and a sub-account that serve both, and neither for other purposes",
    resources: [
      apiKey("a", { bot: "both", subAccount: "1" }),
      apiKey("b", { bot: "both", subAccount: "2", purpose: "arbitrage" }),
      apiKey("c", { subAccount: "1", purpose: "arbitrage" }),
      apiKey("d", { subAccount: "1", purpose: "hedging" }),
      apiKey("e", { subAccount: "1", exchange: "gate", purpose: "arbitrage" }),
    ],
    expected: [
      ["a", /^bot both serves arbitrage and market-making: "a", "b"/],
      ["a", /^sub-account production\/bybit\/1 serves arbitrage and market-making: "a", "c"/],
    ],
  },
  {
    rule: "market-making-apart-from-arbitrage",
    what: "purposes that only look like others, and one that is both",
    resources: [
      apiKey("a", { bot: "both", subAccount: "1" }),
      apiKey("b", { bot: "both", subAccount: "2", purpose: "arbitrage-2" }),
      apiKey("c", { bot: "eu", subAccount: "3", purpose: "EU_Arbitrage" }),
      apiKey("d", { bot: "eu", subAccount: "4", purpose: "MarketMaking" }),
      apiKey("e", { subAccount: "5", purpose: "arbitrage-2" }),
      apiKey("f", { subAccount: "5", purpose: "arbitrage-3" }),
      apiKey("g", { subAccount: "6", purpose: "market-making-and-arbitrage" }),
    ],
    expected: [
      ["a", /^bot both serves arbitrage and market-making: "a", "b"/],
      ["c", /^bot eu serves arbitrage and market-making: "c", "d"/],
      ["g", /^bot bot-g serves arbitrage and market-making: "g"/],
      ["g", /^sub-account production\/bybit\/6 serves/],
    ],
  },
  {
    rule: "market-making-apart-from-arbitrage",
    what: "one sub-account under two aliases of its account",
    resources: [apiKey("a", { account: "one" }), apiKey("b", { account: "two", purpose: "arbitrage" })],
    expected: [["a", /^sub-account production\/bybit\/100001 serves/]],
  },
  {
    rule: "market-making-apart-from-arbitrage",
    what: "and not sub-accounts of accounts that are declared to be different",
    resources: [apiKey("a", { account: "one" }), apiKey("b", { account: "two", purpose: "arbitrage" })],
    config: { "market-making-apart-from-arbitrage": { separateAccounts: ["two"] } },
    expected: [],
  },
  {
    rule: "market-making-apart-from-arbitrage",
    what: "other purposes, and addresses, where that is configured",
    resources: [apiKey("a"), apiKey("b", { subAccount: "2", purpose: "hedging" })],
    config: { "market-making-apart-from-arbitrage": { apart: ["market-making", "hedging"], addressesToo: true } },
    expected: [["a", /^address 52\.1\.2\.3 serves hedging and market-making/]],
  },
  {
    rule: "spot-apart-from-futures",
    what: "both products on one key, where the exchange can separate them, whatever else is declared",
    resources: [
      apiKey("a", { ...both, exclusive: true }),
      apiKey("b", { scopes: ["margin", "options"], exchange: "new-exchange" }),
      apiKey("c", { scopes: ["futures", "options"] }),
    ],
    expected: [
      ["a", /^a: trades spot and derivatives, which Bybit separates by key\. Split it/],
      ["b", /which new-exchange separates by key/],
    ],
  },
  {
    rule: "spot-apart-from-futures",
    what: "both products in a shared sub-account, where the exchange cannot separate them",
    resources: [
      apiKey("a", unsplit),
      apiKey("b", { ...unsplit, exclusive: true }),
      apiKey("c", { ...unsplit, exclusive: false }),
      adoptedKey("d", { ...both, exchange: "coinbase" }),
      adoptedKey("e", { ...both, exchange: "coinbase", subAccount: "portfolio-1" }),
    ],
    expected: [
      ["a", /in a sub-account that others share; OKX cannot separate them by key/],
      ["c", /in a sub-account that others share/],
      ["d", /Coinbase Advanced Trade cannot separate them by key/],
    ],
  },
  {
    rule: "exclusive-sub-account-holds-one-key",
    what: "two trading keys in one sub-account, where the exchange cannot separate products by key",
    resources: [
      apiKey("a", { ...unsplit, exclusive: true }),
      apiKey("b", { ...unsplit, exclusive: true }),
      apiKey("c", { ...unsplit, scopes: ["read"] }),
      apiKey("d", { ...unsplit, subAccount: "desk2", exclusive: true }),
      apiKey("e"),
      apiKey("f"),
    ],
    expected: [["b", /^"a", "b" all trade in sub-account production\/okx\/desk1/]],
  },
  {
    rule: "exclusive-sub-account-holds-one-key",
    what: "two trading keys in one sub-account under two aliases, and not in those of different accounts",
    resources: [
      apiKey("a", { ...unsplit, account: "one", exclusive: true }),
      apiKey("b", { ...unsplit, account: "two", exclusive: true }),
      apiKey("c", { ...unsplit, account: "three", exclusive: true }),
    ],
    config: { "exclusive-sub-account-holds-one-key": { separateAccounts: ["three"] } },
    expected: [["b", /^"a", "b" all trade/]],
  },
];
