/** The keys of the desk's own program, moved into a component by somebody who forgot the aliases. */
import * as pulumi from "@pulumi/pulumi";
import { ApiKey } from "pulumi-exchange-keys";
import { deskConfig, documentAt } from "../../../../desk";

const desk = deskConfig(new pulumi.Config("desk"));

class Team extends pulumi.ComponentResource {
  constructor(name: string) {
    super("desk:index:Team", name);
    for (const [key, { addresses, ...args }] of Object.entries(desk.keys)) {
      const place = { ipWhitelist: desk.addresses[addresses] ?? [], seal: desk.seal ?? "", publish: documentAt(desk, key) };
      new ApiKey(key, { ...args, ...place }, { parent: this });
    }
    this.registerOutputs();
  }
}

new Team("market-makers");
