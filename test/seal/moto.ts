import { type Moto, startMoto } from "../../scripts/moto";
import { PythonUnavailable } from "../../scripts/python";

/** Installing moto from a package index takes its time, once per machine. */
const FIRST_USE_MS = 600_000;

/**
 * moto's endpoint. Where this machine cannot run it the tests are skipped with the reason, or fail in continuous integration.
 * Call it in `before` of a suite, and `stop` in `after`.
 */
export async function motoOrSkip(context: Mocha.Context): Promise<Moto> {
  context.timeout(FIRST_USE_MS);
  try {
    return await loaded(await startMoto());
  } catch (error) {
    if (!(error instanceof PythonUnavailable) || process.env.CI === "true") throw error;
    console.warn(`\n  SKIPPED, nothing below was tested against KMS: ${error.message}\n`);
    return context.skip();
  }
}

/** A request for each service that the provider uses, which changes nothing. */
const FIRST_REQUESTS = [
  ["kms", "TrentService.ListKeys", {}],
  ["ssm", "AmazonSSM.GetParameter", { Name: "none" }],
  ["secretsmanager", "secretsmanager.ListSecrets", {}],
] as const;

/**
 * moto loads a service at the first request for it, which takes seconds on a busy machine: longer than the provider waits for an answer of AWS. So
 * nobody else's request is the first one.
 */
async function loaded(moto: Moto): Promise<Moto> {
  for (const [service, target, body] of FIRST_REQUESTS) {
    const authorization = `AWS4-HMAC-SHA256 Credential=testing/20260101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;
    const headers = { authorization, "x-amz-target": target, "content-type": "application/x-amz-json-1.1" };
    const answer = await fetch(moto.endpoint, { method: "POST", headers, body: JSON.stringify(body) });
    await answer.text();
  }
  return moto;
}
