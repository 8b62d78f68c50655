import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import { z } from "zod";
import { DEEDS, type Deed, EDGES, type Edge } from "./points";

const passage = z.strictObject({ deed: z.enum(DEEDS), name: z.string(), edge: z.enum(EDGES) });

/** A deed of a key at which its run is to stay, from 0 in the order of that deed. */
export interface Stop {
  readonly deed: Deed;
  readonly index: number;
  readonly edge: Edge;
}

/** Where the provider's host asks whether it may go on. */
export class Gate {
  #stops: ReadonlyMap<string, Stop> = new Map();
  readonly #deeds = new Map<string, Deed[]>();
  readonly #held = new Set<string>();
  #passages = 0;

  private constructor(private readonly server: Server) {}

  static async open(): Promise<Gate> {
    const gate: Gate = new Gate(createServer((asked, answer) => void gate.answer(asked, answer)));
    await new Promise<void>((resolve) => gate.server.listen(0, "127.0.0.1", resolve));
    return gate;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Forgets what was done, and holds the keys of these names where told from now on. */
  begin(stops: ReadonlyMap<string, Stop>): void {
    this.#stops = stops;
    this.#deeds.clear();
    this.#held.clear();
  }

  /** What was begun for a key, in order. */
  deedsOf(name: string): readonly Deed[] {
    return this.#deeds.get(name) ?? [];
  }

  isHeld(name: string): boolean {
    return this.#held.has(name);
  }

  /** How often it was asked, ever. */
  get passages(): number {
    return this.#passages;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { deed, name, edge } = passage.parse(await json(asked));
    this.#passages += 1;
    const deeds = this.#deeds.get(name) ?? [];
    if (edge === "before") this.#deeds.set(name, [...deeds, deed]);
    const index = this.deedsOf(name).filter((other) => other === deed).length - 1;
    const stop = this.#stops.get(name);
    if (stop?.deed === deed && stop.index === index && stop.edge === edge) this.#held.add(name);
    else answer.end();
  }
}
