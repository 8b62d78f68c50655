import { connect } from "node:http2";
import { setTimeout as sleep } from "node:timers/promises";
import { KeyError } from "../core/errors";

/** How long after a lost connection the engine is called again. */
const AGAIN_MS = 250;

/** What Pulumi's SDK runs as the host of dynamic providers. Its first argument is the engine's address. */
const HOST_SCRIPT = /[\\/]@pulumi[\\/]pulumi[\\/]cmd[\\/]dynamic-provider(?:[\\/]index\.js)?$/;
const LOOPBACK_ADDRESS = /^127\.0\.0\.1:[0-9]{1,5}$/;

/** Where the engine listens that started this process. `undefined` in every process but the host of dynamic providers. Pure. */
export function engineAddress(argv: readonly string[]): string | undefined {
  const [, script = "", address = ""] = argv;
  return HOST_SCRIPT.test(script) && LOOPBACK_ADDRESS.test(address) ? address : undefined;
}

/**
 * Ends a process whose engine is gone, once no act is in flight in it. The host of dynamic providers does not end by itself. It would
 * keep the parents' secrets, and run whatever a user of this machine sends it.
 */
export class EngineWatch {
  #inFlight = 0;
  #gone = false;
  #watched = false;

  /** @param end ends this process */
  constructor(private readonly end: () => void) {}

  /** Watches the engine at an address. The connection ends with the engine, however that ends. */
  watch(address: string): void {
    if (this.#watched) return;
    this.#watched = true;
    void this.#follow(address);
  }

  /** Does an act to its end, also when the engine is gone meanwhile. @throws KeyError `EnvironmentRefused` when it was gone before */
  async during<T>(act: () => Promise<T>): Promise<T> {
    if (this.#gone) {
      const message = "the engine that started this process is gone, so nothing more is done for anybody";
      throw new KeyError({ kind: "EnvironmentRefused", message, hint: "Run pulumi again: it starts a process of its own." });
    }
    this.#inFlight += 1;
    try {
      return await act();
    } finally {
      this.#inFlight -= 1;
      this.#endIfIdle();
    }
  }

  async #follow(address: string): Promise<void> {
    while ((await connectionEnd(address)) !== "ECONNREFUSED") await sleep(AGAIN_MS);
    this.#gone = true;
    this.#endIfIdle();
  }

  #endIfIdle(): void {
    if (this.#gone && this.#inFlight === 0) this.end();
  }
}

/** Connects as a client of the engine does, and stays. @returns the error by which the connection ended, if any */
async function connectionEnd(address: string): Promise<string | undefined> {
  const session = connect(`http://${address}`);
  session.unref();
  return await new Promise((resolve) => {
    let code: string | undefined;
    session.on("error", (error: NodeJS.ErrnoException) => {
      code = error.code;
    });
    session.on("close", () => resolve(code));
  });
}

const ours = new EngineWatch(() => process.exit());

/** Where this process is a host of dynamic providers, it lives no longer than its engine and the acts of the provider in it. */
export function watchEngine(): void {
  const engine = engineAddress(process.argv);
  if (engine !== undefined) ours.watch(engine);
}

/** Does an act of the provider. @throws KeyError `EnvironmentRefused` when the engine is gone */
export async function duringRun<T>(act: () => Promise<T>): Promise<T> {
  return await ours.during(act);
}
