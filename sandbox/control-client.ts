import type { z } from "zod";
import type { clockOrder, KeyEdit, NewKey } from "./control-schema";
import type { LivingKey } from "./exchange";
import type { Fault, FaultOrder } from "./faults";
import type { LoggedRequest } from "./request-log";
import type { KnownSecret } from "./secret-ledger";
import type { Standing } from "./standing";

export interface ClockReading {
  readonly offsetMs: number;
  /** ISO. */
  readonly now: string;
}

/** The control port's orders as methods. Every method throws when the port refuses. */
export class ControlClient {
  constructor(private readonly origin: string) {}

  health(): Promise<{ ok: true }> {
    return this.#send("GET", "/health");
  }

  clock(): Promise<ClockReading> {
    return this.#send("GET", "/clock");
  }

  /** Moves the clock forward by a duration such as `30d`, or by milliseconds. */
  advance(by: string | number): Promise<ClockReading> {
    return this.moveClock(typeof by === "string" ? { advance: by } : { advanceMs: by });
  }

  moveClock(order: z.input<typeof clockOrder>): Promise<ClockReading> {
    return this.#send("POST", "/clock", order);
  }

  keys(exchange?: string): Promise<readonly LivingKey[]> {
    return this.#send("GET", exchange === undefined ? "/keys" : `/keys?exchange=${encodeURIComponent(exchange)}`);
  }

  secrets(): Promise<readonly KnownSecret[]> {
    return this.#send("GET", "/secrets");
  }

  /** A key made by a person on the web page. */
  addKey(exchange: string, key: NewKey): Promise<LivingKey> {
    return this.#send("POST", `/keys/${exchange}`, key);
  }

  /** A change made by a person on the web page. */
  editKey(exchange: string, apiKey: string, edit: KeyEdit): Promise<LivingKey> {
    return this.#send("PATCH", `/keys/${exchange}/${encodeURIComponent(apiKey)}`, edit);
  }

  async removeKey(exchange: string, apiKey: string): Promise<void> {
    await this.#send("DELETE", `/keys/${exchange}/${encodeURIComponent(apiKey)}`);
  }

  /** A second parent's key with the rights of the first. @returns its credential, field by field */
  addParent(exchange: string): Promise<Readonly<Record<string, string>>> {
    return this.#send("POST", `/parents/${exchange}`);
  }

  async editParent(exchange: string, edit: KeyEdit): Promise<void> {
    await this.#send("PATCH", `/parents/${exchange}`, edit);
  }

  /**
   * Disables a key, brings it to its end before its time, or puts it back into good standing.
   * @param apiKey the parent's when left out
   * @returns false when nothing was done, because such keys have no end there but by age
   */
  async setStanding(exchange: string, standing: Standing, apiKey?: string): Promise<boolean> {
    const path = apiKey === undefined ? `/parents/${exchange}` : `/keys/${exchange}/${encodeURIComponent(apiKey)}`;
    return (await this.#send<{ taken: boolean }>("PUT", `${path}/standing`, { standing })).taken;
  }

  async addSubAccount(exchange: string, subAccount: string): Promise<void> {
    await this.#send("POST", "/sub-accounts", { exchange, subAccount });
  }

  /** Freezes one as the exchange or a person does, or lets it go again. */
  async freezeSubAccount(exchange: string, subAccount: string, frozen: boolean): Promise<void> {
    await this.#send("PUT", "/sub-accounts/frost", { exchange, subAccount, frozen });
  }

  addFault(order: FaultOrder): Promise<{ id: number }> {
    return this.#send("POST", "/faults", order);
  }

  /** Those with something left to do. */
  faults(): Promise<readonly Fault[]> {
    return this.#send("GET", "/faults");
  }

  async clearFaults(): Promise<void> {
    await this.#send("DELETE", "/faults");
  }

  requests(): Promise<readonly LoggedRequest[]> {
    return this.#send("GET", "/requests");
  }

  async clearRequests(): Promise<void> {
    await this.#send("DELETE", "/requests");
  }

  /** Extra ports through which every caller counts as coming from this address. */
  openDoor(address: string): Promise<{ endpoints: Readonly<Record<string, string>> }> {
    return this.#send("POST", "/doors", { address });
  }

  async #send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const content = body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } };
    const response = await fetch(this.origin + path, { method, ...content });
    if (!response.ok) throw new Error(`sandbox control: ${method} ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}
