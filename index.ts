/**
 * The program a desk deploys: configuration → addresses → one ApiKey per bot and purpose. `stacks/Pulumi.<stack>.yaml` says which.
 */
import * as pulumi from "@pulumi/pulumi";
import { ApiKey } from "pulumi-exchange-keys";
import { deskConfig } from "./desk";

const desk = deskConfig(new pulumi.Config("desk"));

const keys = Object.entries(desk.keys).map(([name, key]) => {
  const { addresses, ...args } = key;
  const apiKey = new ApiKey(name, {
    ...args,
    ipWhitelist: desk.addresses[addresses] ?? [],
    seal: desk.seal,
    publish: `file://${desk.publish}/${key.name ?? name}.json`,
  });
  return [name, apiKey] as const;
});

/** Public ids, serials and due dates, by key. Nothing here is secret; secrets leave the provider sealed only. */
export const apiKeys = Object.fromEntries(
  keys.map(([name, key]) => [
    name,
    { apiKey: key.apiKey, serial: key.serial, rotateAfter: key.rotateAfter, document: key.document },
  ]),
);
