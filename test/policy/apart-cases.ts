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
      ["a", /^sub-account production\/bybit\/bybit\/1 serves arbitrage and market-making: "a", "c"/],
    ],
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
    expected: [["b", /^"a", "b" all trade in sub-account production\/okx\/bybit\/desk1/]],
  },
];
