import { type OpenedKey, openKey } from "pulumi-exchange-keys/client";
import { callSandbox } from "../../harness/call-sandbox";
import type { StartedSandbox } from "../../sandbox/start";
import type { Moto } from "../../scripts/moto";
import { KEYS, OWNER, parameterOf, REGION } from "./declared";

/** One bot of the stack, as it stands in its network: it opens its document by KMS, and calls from whatever address it has there. */
export interface AwsBot {
  readonly name: string;
  readonly bot: string;
  readonly exchange: string;
  /** @param expect instead of the bot's own identity */
  open(expect?: Parameters<typeof openKey>[0]["expect"]): Promise<OpenedKey>;
  readonly identity: Parameters<typeof openKey>[0]["expect"];
  /** @returns "accepted", or the name of ccxt's error */
  call(key: OpenedKey, from: string): Promise<string>;
}

interface Place {
  readonly moto: Moto;
  readonly sandbox: StartedSandbox;
}

export function awsBots({ moto, sandbox }: Place): readonly AwsBot[] {
  const env = { ...process.env, AWS_ENDPOINT_URL: moto.endpoint };
  return Object.entries(KEYS).map(([name, { account, subAccount, bot }]) => {
    const exchange = account.replace("-main", "");
    const identity = { owner: OWNER, bot, exchange, account, subAccount, name };
    const document = `ssm://${parameterOf(name)}?region=${REGION}`;
    return {
      name,
      bot,
      exchange,
      identity,
      open: async (expect = identity) => {
        const now = new Date((await sandbox.control.clock()).now);
        return await openKey({ document, expect, env, environment: "sandbox", now: () => now });
      },
      call: ({ apiKey, secret, password }, from) => {
        const credentials = { apiKey, secret, ...(password === undefined ? {} : { password }) };
        return callSandbox(sandbox, { exchange, credentials, from });
      },
    };
  });
}
