/**
 * The program a desk deploys: configuration → addresses → one key per bot and purpose, issued, or adopted where only a person can make
 * it. `stacks/Pulumi.<stack>.yaml` says which.
 */
import * as pulumi from "@pulumi/pulumi";
import { AdoptedApiKey, ApiKey } from "pulumi-exchange-keys";
import { deskConfig } from "./desk";

const desk = deskConfig(new pulumi.Config("desk"));

/** Which addresses a key is bound to, and where its document goes. */
const place = (name: string, addresses: string) => ({
  ipWhitelist: desk.addresses[addresses] ?? [],
  seal: desk.seal,
  publish: `file://${desk.publish}/${name}.json`,
});

const issued = Object.entries(desk.keys).map(
  ([name, { addresses, ...args }]) => [name, new ApiKey(name, { ...args, ...place(args.name ?? name, addresses) })] as const,
);
const adopted = Object.entries(desk.adopted).map(
  ([name, { addresses, ...args }]) =>
    [name, new AdoptedApiKey(name, { ...args, ...place(args.name ?? name, addresses) })] as const,
);

/** Public ids, serials and due dates, by key. Nothing here is secret; secrets leave the provider sealed only. */
export const apiKeys = Object.fromEntries(
  issued.map(([name, key]) => [
    name,
    { apiKey: key.apiKey, serial: key.serial, rotateAfter: key.rotateAfter, document: key.document },
  ]),
);

/** The same of keys that a person made. */
export const adoptedKeys = Object.fromEntries(
  adopted.map(([name, key]) => [name, { apiKey: key.apiKey, serial: key.serial, status: key.status, document: key.document }]),
);
