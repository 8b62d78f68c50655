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
    return await startMoto();
  } catch (error) {
    if (!(error instanceof PythonUnavailable) || process.env.CI === "true") throw error;
    console.warn(`\n  SKIPPED, nothing below was tested against KMS: ${error.message}\n`);
    return context.skip();
  }
}
