import { type Certificate, makeCertificate } from "./certificate";
import { SandboxClock } from "./clock";
import { controlApp } from "./control";
import { exchangeApp, type Surroundings } from "./edge";
import type { Exchange } from "./exchange";
import { Faults } from "./faults";
import { Limiter } from "./limiter";
import { type Listening, listen } from "./listen";
import { Random } from "./random";
import { openExchanges } from "./registry";
import { replaceFile } from "./replace-file";
import { RequestLog } from "./request-log";
import { announce, openRunFolder, type RunFolder, type SandboxFile, writeParents } from "./run-folder";
import { SecretLedger } from "./secret-ledger";

export interface SandboxOptions {
  readonly dir: string;
  /** Multiplies every rate limit. */
  readonly rateScale: number;
  /** Decides orders and other things that clients must not rely on. */
  readonly seed: number;
}

export interface RunningSandbox {
  readonly folder: RunFolder;
  readonly content: SandboxFile;
  close(): Promise<void>;
}

/** Starts every exchange and the control port, and says so in the folder when all of them listen. */
export async function runSandbox({ dir, rateScale, seed }: SandboxOptions): Promise<RunningSandbox> {
  const folder = await openRunFolder(dir);
  const certificate = await makeCertificate();
  replaceFile(folder.ca, certificate.cert);
  const clock = new SandboxClock(folder.clock);
  const [random, ledger, limiter] = [new Random(seed), new SecretLedger(), new Limiter(rateScale)];
  const exchanges = await openExchanges({ clock, random, limiter, ledger });
  const around = { clock, random, faults: new Faults(), log: new RequestLog() };
  const doors = new Doors(exchanges, around, certificate);
  const endpoints = await doors.open();
  const openDoor = (address: string) => doors.open(address);
  const control = await listen(controlApp({ exchanges, ...around, ledger, openDoor }));
  await writeParents(folder, exchanges);
  const subAccounts = Object.fromEntries(exchanges.map((exchange) => [exchange.id, [...exchange.subAccounts()]]));
  const botReads = Object.fromEntries(exchanges.map((exchange) => [exchange.id, exchange.botRead]));
  const content = {
    pid: process.pid,
    control: control.url,
    ca: folder.ca,
    clock: folder.clock,
    rateScale,
    endpoints,
    subAccounts,
    botReads,
  };
  announce(folder, content);
  return {
    folder,
    content,
    close: async () => {
      await control.close();
      await doors.close();
    },
  };
}

/** The TLS ports: one set for callers as they are, and one more for each address that others are to count as. */
class Doors {
  readonly #listening: Listening[] = [];
  readonly #byAddress = new Map<string, Promise<Record<string, string>>>();

  constructor(
    private readonly exchanges: readonly Exchange[],
    private readonly around: Surroundings,
    private readonly certificate: Certificate,
  ) {}

  /** The same address is the same door. @returns an origin for each exchange */
  open(address?: string): Promise<Record<string, string>> {
    const key = address ?? "";
    const opening = this.#byAddress.get(key) ?? this.#open(address);
    this.#byAddress.set(key, opening);
    return opening;
  }

  async close(): Promise<void> {
    await Promise.all(this.#listening.map((listening) => listening.close()));
  }

  async #open(address: string | undefined): Promise<Record<string, string>> {
    const pairs = this.exchanges.map(async (exchange) => {
      const listening = await listen(exchangeApp(exchange, this.around, address), this.certificate);
      this.#listening.push(listening);
      return [exchange.id, listening.url] as const;
    });
    return Object.fromEntries(await Promise.all(pairs));
  }
}
