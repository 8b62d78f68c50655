import type { ControlClient } from "../../sandbox/control-client";
import { type CloudRequest, readCloudRequests } from "./plugin/request-log";

/** From when on a key let in which addresses; `null` when it was gone. Milliseconds of this machine's clock. */
export interface WhitelistChange {
  readonly at: number;
  readonly apiKey: string;
  readonly ips: readonly string[] | null;
}

/** What AWS and the exchanges were asked to change, by the logs of both. */
export interface Timeline {
  readonly whitelists: readonly WhitelistChange[];
  readonly cloud: readonly CloudRequest[];
}

/** Keeps the sandbox's changes in real time. It must look before each move of the sandbox's clock. */
export class Recorder {
  readonly #whitelists: WhitelistChange[] = [];
  #seen = 0;

  constructor(
    private readonly control: ControlClient,
    private readonly cloudLog: string,
  ) {}

  async look(): Promise<Timeline> {
    const { offsetMs } = await this.control.clock();
    for (const { number, at, whitelists } of await this.control.requests()) {
      if (number <= this.#seen) continue;
      this.#seen = number;
      const changes = Object.entries(whitelists);
      this.#whitelists.push(...changes.map(([apiKey, ips]) => ({ at: Date.parse(at) - offsetMs, apiKey, ips })));
    }
    return { whitelists: this.#whitelists, cloud: readCloudRequests(this.cloudLog) };
  }
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Everything in the wrong order: an address in a whitelist while it was nobody's or a stranger's, a way out that was opened before every key
 * let its address in, a sealing key given up while a key lived. Empty when all is well.
 */
export function disorder({ whitelists, cloud }: Timeline): readonly string[] {
  const held = cloud.filter(({ type, operation }) => type === "aws:ec2/eip:Eip" && operation === "create").map(allocation(cloud));
  const listed = whitelists.flatMap((change, index) => listings(change, whitelists.slice(index + 1)));
  const strangers = listed.filter(({ address, from, to }) => {
    return !held.some((one) => one.address === address && one.from <= from && to <= one.to);
  });
  return [
    ...strangers.map(({ apiKey, address }) => `${apiKey} let in ${address} while it was not ours`),
    ...sealingKeysGivenUp(cloud).flatMap((at) =>
      keysAt(whitelists, at).map(({ apiKey }) => `the sealing key was given up before ${apiKey} was revoked`),
    ),
    ...openings(cloud).flatMap(({ name, address, at }) => {
      const lacking = keysAt(whitelists, at).filter(({ ips }) => !ips.includes(address));
      return lacking.map(({ apiKey }) => `${name} led through ${address} before ${apiKey} let it in`);
    }),
  ];
}

function allocation(cloud: readonly CloudRequest[]) {
  return ({ id, done, properties }: CloudRequest): Span & { readonly address: string } => {
    const released = cloud.find((request) => request.id === id && request.operation === "delete");
    return { address: String(properties.publicIp), from: done, to: released?.asked ?? Number.POSITIVE_INFINITY };
  };
}

/** For how long a key let each address in, from one change on. */
function listings({ apiKey, at, ips }: WhitelistChange, later: readonly WhitelistChange[]) {
  const next = later.find((change) => change.apiKey === apiKey);
  return (ips ?? []).map((address) => ({ apiKey, address, from: at, to: next?.at ?? Number.POSITIVE_INFINITY }));
}

function sealingKeysGivenUp(cloud: readonly CloudRequest[]): readonly number[] {
  return cloud.filter(({ operation, type }) => operation === "delete" && type === "aws:kms/key:Key").map(({ asked }) => asked);
}

/** Each moment from which packets could leave through an address. */
function openings(cloud: readonly CloudRequest[]) {
  return cloud.flatMap(({ operation, type, name, asked, properties }) => {
    if (operation === "delete" || type !== "aws:ec2/route:Route") return [];
    const gateway = cloud.find(({ id, operation: made }) => id === properties.natGatewayId && made === "create");
    return gateway === undefined ? [] : [{ name, at: asked, address: String(gateway.properties.publicIp) }];
  });
}

/** The keys that lived at a moment, and whom they let in. */
function keysAt(whitelists: readonly WhitelistChange[], at: number) {
  const latest = new Map(whitelists.filter((change) => change.at <= at).map(({ apiKey, ips }) => [apiKey, ips]));
  return [...latest].flatMap(([apiKey, ips]) => (ips === null ? [] : [{ apiKey, ips }]));
}
