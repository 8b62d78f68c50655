import { type AdoptedInputs, MASTER } from "./adopted";
import { PROGRAM } from "./words";

/** The command that adopts a successor for what is declared, ready to be pasted. @param sealedBy where the program declares no `seal` */
export function adoptCommand(inputs: AdoptedInputs, sealedBy?: string): string {
  const { environment, owner, exchange, account, subAccount, name, bot, scopes, ipWhitelist, publish } = inputs;
  const others = inputs.otherPermissions ?? [];
  const seal = inputs.seal ?? sealedBy;
  const options: readonly (readonly [string, string])[] = [
    ["environment", environment],
    ["owner", owner],
    ["exchange", exchange],
    ["account", account],
    ...(subAccount === MASTER ? [] : [["sub-account", subAccount] as const]),
    ["name", name],
    ["bot", bot],
    ["scopes", scopes.join(",")],
    ...others.map((permission) => ["other-permission", permission] as const),
    ...ipWhitelist.map((address) => ["ip", address] as const),
    ...(seal === undefined ? [] : [["seal", seal] as const]),
    ["publish", publish],
  ];
  const lacking = seal === undefined ? " --seal <sealing reference>" : "";
  return `${PROGRAM} adopt ${options.map(([option, value]) => `--${option} ${quoted(value)}`).join(" ")}${lacking}`;
}

/** As a POSIX shell reads it back. */
function quoted(value: string): string {
  return /^[A-Za-z0-9_./:=@,%+-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
