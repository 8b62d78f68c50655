/**
 * The program a desk deploys: configuration → addresses and sealing key → one key per bot and purpose, issued, or adopted where only a
 * person can make it → routes from those addresses. `stacks/Pulumi.<stack>.yaml` says which; without `desk:egress` and
 * `desk:sealingKey` nothing of AWS is loaded.
 */
import * as pulumi from "@pulumi/pulumi";
import { AdoptedApiKey, ApiKey } from "pulumi-exchange-keys";
import { deskConfig, documentAt, documentsOf, loadAws } from "./desk";

const desk = deskConfig(new pulumi.Config("desk"));

const egress = desk.egress && new (loadAws().EgressAddresses)("egress", desk.egress);
const openers = Object.values(desk.bots).map(({ role }) => role);
const sealingKey = desk.sealingKey && new (loadAws().SealingKey)("sealing", { ...desk.sealingKey, openers });

/** Which addresses a key is bound to, and where its document goes. */
const place = ({ addresses, bot }: { readonly addresses: string; readonly bot: string }, name: string) => ({
  ipWhitelist: desk.addresses[addresses] ?? egress?.addressesFor(bot) ?? [],
  seal: sealingKey?.reference ?? desk.seal ?? "",
  publish: documentAt(desk, name),
});

const issued = Object.entries(desk.keys).map(
  ([name, { addresses, ...args }]) =>
    [name, new ApiKey(name, { ...args, ...place({ addresses, bot: args.bot }, args.name ?? name) })] as const,
);
const adopted = Object.entries(desk.adopted).map(
  ([name, { addresses, ...args }]) =>
    [name, new AdoptedApiKey(name, { ...args, ...place({ addresses, bot: args.bot }, args.name ?? name) })] as const,
);

// Nothing calls from an address before every key lets it in.
const after = [...issued, ...adopted].map(([, key]) => key);
const routes = egress && desk.routes && new (loadAws().EgressRoutes)("egress", { ...desk.routes, addresses: egress, after });

if (sealingKey) {
  for (const [bot, { role }] of Object.entries(desk.bots))
    new (loadAws().BotAccess)(bot, { bot, role, key: sealingKey, documents: documentsOf(desk, bot) });
}

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

/** What bots give `openKey` as `sealedBy`. */
export const sealedBy = sealingKey?.reference ?? desk.seal;

/** Every address that keys let in, draining ones included: for keys that a person makes. */
export const egressAddresses = egress?.addresses;

/** Zone → subnet in which bots call from the zone's address. */
export const botSubnets = routes && Object.fromEntries(routes.privateSubnetIds);
