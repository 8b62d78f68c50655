import assert from "node:assert/strict";
import type { CloudRequest } from "./plugin/request-log";
import { disorder, type Timeline, type WhitelistChange } from "./timeline";

const [OLD, NEW] = ["127.1.0.1", "127.1.0.2"];

/** An order to AWS that takes from `at` to one millisecond later. */
function order(at: number, request: Partial<CloudRequest>): CloudRequest {
  const nothing = { operation: "create", type: "", name: "", id: "", properties: {} } as const;
  return { ...nothing, asked: at, done: at + 1, ...request };
}

const address = (at: number, id: string, publicIp: string) =>
  order(at, { type: "aws:ec2/eip:Eip", id, properties: { publicIp } });
const release = (at: number, id: string) => order(at, { type: "aws:ec2/eip:Eip", id, operation: "delete" });
const gateway = (at: number, id: string, publicIp: string) =>
  order(at, { type: "aws:ec2/natGateway:NatGateway", id, properties: { publicIp } });
const route = (at: number, natGatewayId: string, operation: "create" | "update" = "update") =>
  order(at, { type: "aws:ec2/route:Route", name: "route", operation, properties: { natGatewayId } });
const change = (at: number, ips: readonly string[] | null): WhitelistChange => ({ at, apiKey: "key", ips });

/** A handover and its end, as it should be. */
const GOOD: Timeline = {
  cloud: [
    address(10, "old", OLD),
    gateway(20, "nat-old", OLD),
    route(40, "nat-old", "create"),
    address(50, "new", NEW),
    gateway(60, "nat-new", NEW),
    route(80, "nat-new"),
    release(100, "old"),
    order(120, { type: "aws:kms/key:Key", operation: "delete" }),
    release(130, "new"),
  ],
  whitelists: [change(30, [OLD]), change(70, [OLD, NEW]), change(90, [NEW]), change(110, null)],
};

describe("the check of a timeline's order", () => {
  const withWhitelists = (...whitelists: readonly WhitelistChange[]) => disorder({ ...GOOD, whitelists });

  it("finds nothing where all is well", () => {
    assert.deepEqual(disorder(GOOD), []);
  });

  it("finds an address that is let in after it was given back, however short", () => {
    const narrowedLate = withWhitelists(change(30, [OLD]), change(70, [OLD, NEW]), change(101, [NEW]), change(110, null));
    assert.deepEqual(narrowedLate, [`key let in ${OLD} while it was not ours`]);
  });

  it("finds an address that is let in before it is ours, or never is", () => {
    const early = withWhitelists(change(9, [OLD]), change(70, [OLD, NEW]), change(90, [NEW]), change(110, null));
    assert.deepEqual(early, [`key let in ${OLD} while it was not ours`]);
    const foreign = withWhitelists(change(30, [OLD]), change(70, [OLD, NEW, "127.6.6.6"]), change(90, [NEW]), change(110, null));
    assert.deepEqual(foreign, ["key let in 127.6.6.6 while it was not ours"]);
  });

  it("finds a route that is moved before a key lets its address in", () => {
    const late = withWhitelists(change(30, [OLD]), change(81, [OLD, NEW]), change(90, [NEW]), change(110, null));
    assert.deepEqual(late, [`route led through ${NEW} before key let it in`]);
  });

  it("finds a sealing key that is given up while a key lives", () => {
    const alive = withWhitelists(change(30, [OLD]), change(70, [OLD, NEW]), change(90, [NEW]), change(125, null));
    assert.deepEqual(alive, ["the sealing key was given up before key was revoked"]);
  });
});
