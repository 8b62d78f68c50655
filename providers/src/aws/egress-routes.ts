import { EipAssociation } from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import type { NetworkPlan } from "../core/subnets";
import { knownInputs } from "../resources/early-problems";
import { stackSettings } from "../resources/stack";
import type { EgressAddresses } from "./egress-addresses";
import { makeGateway, makeNetwork, moveRoute, type Scene } from "./nat-network";
import { refuseProblems } from "./refusal";
import { routesProblems } from "./routes-plan";
import type { Tags } from "./tags";

interface Common {
  readonly addresses: EgressAddresses;
  /** Every key that has to let these addresses in. Nothing calls from an address before all of them know it. */
  readonly after: readonly pulumi.Resource[];
  readonly tags?: Tags;
}

/** A new VPC: in each zone a private subnet for bots and a NAT gateway with the zone's address. */
export interface NewVpcRoutes extends Common {
  readonly vpc: NetworkPlan;
}

/** Gateways in a VPC that exists, and the way out of route tables there. They must not have one already, or it must be imported. */
export interface ExistingVpcRoutes extends Common {
  readonly existingVpc: {
    readonly zones: Readonly<
      Record<
        string,
        {
          /** A subnet with a way to the internet, for the gateway. */
          readonly publicSubnet: pulumi.Input<string>;
          /** A name of your choice, for good, → a route table of the subnets that bots live in. */
          readonly routeTables: Readonly<Record<string, pulumi.Input<string>>>;
        }
      >
    >;
  };
}

/** Each bot's address on the machine it runs on. */
export interface InstanceRoutes extends Common {
  /** Bot → its EC2 instance, or a network interface. */
  readonly instances: Readonly<
    Record<string, { readonly instance: pulumi.Input<string> } | { readonly networkInterface: pulumi.Input<string> }>
  >;
}

/** Whose traffic leaves by the addresses: a new VPC, an existing one, or single instances. */
export type EgressRoutesArgs = NewVpcRoutes | ExistingVpcRoutes | InstanceRoutes;

/** Lets bots call from the addresses in use: by NAT gateways and routes, or by the addresses of their own machines. */
export class EgressRoutes extends pulumi.ComponentResource {
  /** Of a new VPC. */
  readonly vpcId: pulumi.Output<string> | undefined;
  /** Of a new VPC: zone → subnet for bots. */
  readonly privateSubnetIds: ReadonlyMap<string, pulumi.Output<string>>;

  /** @throws RunError naming everything that is wrong with `args` */
  constructor(name: string, args: EgressRoutesArgs, options?: pulumi.ComponentResourceOptions) {
    const { addresses, after, tags = {} } = args;
    const { owner } = stackSettings();
    const routed = { mode: addresses.mode, places: [...addresses.current.keys()] };
    const { addresses: _addresses, after: _after, ...declared } = args;
    refuseProblems("EgressRoutes", name, routesProblems(knownInputs(declared) as object, routed));
    super("exchange-keys:aws:EgressRoutes", name, {}, options);
    const scene: Scene = { name, owner, tags, parent: this, after, current: addresses.current };
    const network = "vpc" in args ? makeNetwork(args.vpc, scene) : undefined;
    if ("existingVpc" in args) routeExisting(args.existingVpc.zones, scene);
    if ("instances" in args) associate(args.instances, scene);
    this.vpcId = network?.vpcId;
    this.privateSubnetIds = network?.privateSubnetIds ?? new Map();
    this.registerOutputs({ vpcId: this.vpcId, privateSubnetIds: Object.fromEntries(this.privateSubnetIds) });
  }
}

function routeExisting(zones: ExistingVpcRoutes["existingVpc"]["zones"], scene: Scene): void {
  for (const [zone, { publicSubnet, routeTables }] of Object.entries(zones)) {
    const gateway = makeGateway({ zone, subnetId: publicSubnet }, scene);
    for (const [table, routeTableId] of Object.entries(routeTables))
      moveRoute(`${scene.name}-${zone}-${table}`, { routeTableId, gateway }, scene);
  }
}

/** A new address takes the place of the old one on its machine. The old one stays allocated. */
function associate(instances: InstanceRoutes["instances"], { name, parent, after, current }: Scene): void {
  for (const [bot, target] of Object.entries(instances)) {
    const address = current.get(bot);
    if (address === undefined) continue;
    const { allocationId, generation } = address;
    const where = "instance" in target ? { instanceId: target.instance } : { networkInterfaceId: target.networkInterface };
    new EipAssociation(`${name}-${bot}-g${generation}`, { allocationId, ...where }, { parent, dependsOn: [...after] });
  }
}
