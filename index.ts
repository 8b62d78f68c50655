/**
 * The program a desk deploys: configuration → addresses → one ApiKey per bot and purpose. `stacks/Pulumi.<stack>.yaml` says which.
 */
import * as pulumi from "@pulumi/pulumi";
import { ApiKey } from "pulumi-exchange-keys";
import { deskConfig } from "./desk";

const desk = deskConfig(new pulumi.Config("desk"));

const keys: [string, ApiKey][] = [];
for (const [name, { addresses, ...args }] of Object.entries(desk.keys)) {
  const ipWhitelist = desk.addresses[addresses] ?? [];
  const publish = `file://${desk.publish}/${args.name ?? name}.json`;
  keys.push([name, new ApiKey(name, { ...args, ipWhitelist, seal: desk.seal, publish })]);
}

/** Public ids, serials and due dates, by key. Nothing here is secret; secrets leave the provider sealed only. */
export const apiKeys = Object.fromEntries(
  keys.map(([name, key]) => [
    name,
    { apiKey: key.apiKey, serial: key.serial, rotateAfter: key.rotateAfter, document: key.document },
  ]),
);
