import type { AwsSurroundings } from "../aws-api/endpoint";
import { awsCode, commonHint } from "../aws-api/failure";
import type { SecretReference } from "../aws-api/secret-reference";
import { secretsManager } from "../aws-api/secret-sessions";
import { unavailable } from "./unavailable";

const DENIED = "Allow secretsmanager:GetSecretValue on it for this caller, and kms:Decrypt where a key of your own encrypts it.";

/** What to do, by the name that AWS gives the error. */
const HINTS: Readonly<Record<string, string>> = {
  AccessDeniedException: DENIED,
  DecryptionFailure: DENIED,
  ResourceNotFoundException: "There is no such secret, or none with a value, in that account and region.",
  InvalidRequestException: "The secret is scheduled for deletion: restore it.",
};

/**
 * The present value of a secret, or one key of its JSON.
 * @param asked the reference as the person wrote it, for errors
 * @throws KeyError `CredentialsUnavailable`
 */
export async function readAwsSecret(
  { secretId, region, jsonKey }: SecretReference & { readonly jsonKey?: string },
  { text, surroundings }: { readonly text: string; readonly surroundings: AwsSurroundings },
): Promise<string> {
  const ask = secretsManager.at({ ...surroundings, service: "SECRETS_MANAGER", ...(region === undefined ? {} : { region }) });
  let value: string | undefined;
  try {
    const input = { SecretId: secretId };
    value = await ask(
      async ({ sdk, client }, abortSignal) =>
        (await client.send(new sdk.GetSecretValueCommand(input), { abortSignal })).SecretString,
    );
  } catch (error) {
    const code = awsCode(error);
    throw unavailable(text, "cannot be read", { code, hint: HINTS[code] ?? commonHint(code) });
  }
  if (value === undefined) throw unavailable(text, "holds bytes, and a text is needed");
  return jsonKey === undefined ? value : fieldOf(value, jsonKey, text);
}

function fieldOf(value: string, jsonKey: string, text: string): string {
  const field = new Map(Object.entries(readJson(value, text))).get(jsonKey);
  if (typeof field === "string") return field;
  throw unavailable(text, "has no text under that key of its JSON");
}

function readJson(value: string, text: string): object {
  const json = parsed(value);
  if (typeof json === "object" && json !== null) return json;
  throw unavailable(text, "is no JSON object");
}

/** `undefined` for what is no JSON: the parser's message would quote the text. */
function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
