/** What a process trusts that was started with options and variables that add a root. Arguments: an origin. Prints one word for each way out. */
import { request } from "node:https";
import { AwsSessions } from "../../providers/src/aws-api/session";
import { Refused } from "../../providers/src/wire/refused";
import { createTransport } from "../../providers/src/wire/transport";

const [, , origin = ""] = process.argv;

async function main(): Promise<void> {
  const client = { config: { region: async () => "eu-west-1" } };
  const sessions = new AwsSessions(async (options) => ({ client, options }));
  // As if nothing were set: what must not depend on a refusal is looked at.
  const { options } = await sessions.at({ service: "KMS", environment: "production", env: {} })(async (api) => api);
  const transport = createTransport({ origin });
  const exchange = await transport(origin, { method: "GET" }).then(
    () => "trusted",
    (error: unknown) => (error instanceof Refused ? error.facts.kind : "another error"),
  );
  const plain = await asked({});
  const aws = await asked({ agent: options.requestHandler.httpsAgent });
  process.stdout.write(JSON.stringify({ plain, exchange, aws }));
}

function asked(how: Parameters<typeof request>[1]): Promise<string> {
  return new Promise((resolve) => {
    const asking = request(origin, how, (answer) => {
      answer.resume();
      resolve("trusted");
    });
    asking.on("error", () => resolve("TlsRefused"));
    asking.end();
  });
}

void main();
