import type { StartedSandbox } from "../sandbox/start";
import { type Credentials, callBalance, type Place } from "./bot";

/** Who calls which exchange, and from where. */
export interface SandboxCall {
  readonly exchange: string;
  readonly credentials: Credentials;
  /** Source address. */
  readonly from: string;
}

/** A bot's private read, by the sandbox's clock, which goes on until the bot signs. @returns "accepted", or the name of ccxt's error */
export async function callSandbox(sandbox: StartedSandbox, call: SandboxCall): Promise<string> {
  const { offsetMs } = await sandbox.control.clock();
  const { apiKey, secret, password } = call.credentials;
  const plain = { apiKey, secret, ...(password === undefined ? {} : { password }) };
  return await callBalance(plain, await placeIn(sandbox, call), () => Date.now() + offsetMs);
}

/** Where a bot finds an exchange of the sandbox, and calls it from. */
export async function placeIn(
  { files, control }: StartedSandbox,
  { exchange, from }: Omit<SandboxCall, "credentials">,
): Promise<Place> {
  // Only Linux has all of 127.0.0.0/8 to call from; elsewhere the sandbox opens a door for an address.
  const linux = process.platform === "linux";
  const { endpoints } = linux ? files : await control.openDoor(from);
  const [endpoint, read] = [endpoints[exchange], files.botReads[exchange]];
  if (endpoint === undefined || read === undefined) throw new Error(`the sandbox has no exchange "${exchange}"`);
  const place = { exchange, endpoint, read, ca: files.ca };
  return linux ? { ...place, address: from } : place;
}
