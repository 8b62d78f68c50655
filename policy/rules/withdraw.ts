import { trades } from "../key";
import { keyPolicy } from "../rule";

/** A stolen key that trades and withdraws empties an account in one step. */
export const noTradeWithWithdraw = keyPolicy({
  name: "no-trade-with-withdraw",
  displayName: "No key trades and withdraws",
  description: "A key that can place orders cannot move funds out.",
  severity: "critical",
  remediation: "Give withdraw to an adopted key of its own, with read at most",
  defaults: {},
  judge: (key) => (trades(key) && key.scopes.known.includes("withdraw") ? ["holds withdraw together with a trade scope"] : []),
});
