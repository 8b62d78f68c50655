import { keyPolicy } from "../rule";

/** Networks that hold every address. */
const EVERYWHERE = /^(?:0\.0\.0\.0|::)(?:\/0)?$|\/0$/;

/** A key without addresses works for whoever has copied it. */
export const ipWhitelistRequired = keyPolicy({
  name: "ip-whitelist-required",
  displayName: "Keys are bound to addresses",
  description: "A key that can do more than read is bound to addresses, and to fewer than all.",
  severity: "critical",
  remediation: "Declare ipWhitelist with the addresses that the bot calls from",
  configSchema: { readOnlyToo: { type: "boolean", default: false, description: "Also for keys that can only read." } },
  defaults: { readOnlyToo: false },
  judge: ({ scopes, ipWhitelist }, { readOnlyToo }) => {
    const needed = readOnlyToo || scopes.known.some((scope) => scope !== "read");
    const everywhere = ipWhitelist.known.filter((address) => EVERYWHERE.test(address));
    const none = needed && ipWhitelist.complete && ipWhitelist.known.length === 0 ? ["is bound to no address"] : [];
    return [...none, ...everywhere.map((address) => `is bound to ${address}, which is every address`)];
  },
});
