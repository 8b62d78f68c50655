import type { StartedSandbox } from "../sandbox/start";
import { type Credentials, callBalance } from "./bot";

/** Who calls which exchange, and from where. */
export interface SandboxCall {
  readonly exchange: string;
  readonly credentials: Credentials;
  /** Source address. */
  readonly from: string;
}

/** A bot's private read, by the sandbox's clock. @returns "accepted", or the name of ccxt's error */
export async function callSandbox({ files, control }: StartedSandbox, call: SandboxCall): Promise<string> {
  const now = Date.parse((await control.clock()).now);
  // Only Linux has all of 127.0.0.0/8 to call from; elsewhere the sandbox opens a door for an address.
  const linux = process.platform === "linux";
  const { endpoints } = linux ? files : await control.openDoor(call.from);
  const [endpoint, read] = [endpoints[call.exchange], files.botReads[call.exchange]];
  if (endpoint === undefined || read === undefined) throw new Error(`the sandbox has no exchange "${call.exchange}"`);
  const place = { exchange: call.exchange, endpoint, read, ca: files.ca };
  const { apiKey, secret, password } = call.credentials;
  const plain = { apiKey, secret, ...(password === undefined ? {} : { password }) };
  return await callBalance(plain, linux ? { ...place, address: call.from } : place, () => now);
}
