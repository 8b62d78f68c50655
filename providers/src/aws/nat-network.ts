import { InternetGateway, NatGateway, Route, RouteTable, RouteTableAssociation, Subnet, Vpc } from "@pulumi/aws/ec2";
import type * as pulumi from "@pulumi/pulumi";
import { type NetworkPlan, plannedSubnets, type ZoneSubnets } from "../core/subnets";
import type { CurrentAddress } from "./egress-addresses";
import { type Tags, tagsOf } from "./tags";

/** Everything outside the network. */
const ANYWHERE = "0.0.0.0/0";

/** What all resources of one EgressRoutes share. */
export interface Scene {
  /** Name of the component, the beginning of every name. */
  readonly name: string;
  readonly owner: string;
  readonly tags: Tags;
  readonly parent: pulumi.Resource;
  /** What has to know the addresses before anything calls from them. */
  readonly after: readonly pulumi.Resource[];
  readonly current: ReadonlyMap<string, CurrentAddress>;
}

/** A network of our own. */
export interface NatNetwork {
  readonly vpcId: pulumi.Output<string>;
  /** Zone → subnet for bots. */
  readonly privateSubnetIds: ReadonlyMap<string, pulumi.Output<string>>;
}

/** A VPC with a public and a private subnet in each zone. Traffic from a private subnet leaves by the gateway of its zone. */
export function makeNetwork(plan: NetworkPlan, scene: Scene): NatNetwork {
  const { name, parent } = scene;
  const vpc = new Vpc(name, { cidrBlock: plan.cidr, enableDnsHostnames: true, tags: named(name, scene) }, { parent });
  const internet = new InternetGateway(name, { vpcId: vpc.id, tags: named(name, scene) }, { parent });
  const open = new RouteTable(`${name}-public`, { vpcId: vpc.id, tags: named(`${name}-public`, scene) }, { parent });
  const out = { routeTableId: open.id, destinationCidrBlock: ANYWHERE, gatewayId: internet.id };
  const outbound = new Route(`${name}-public`, out, { parent });
  const zones = plannedSubnets(plan, [...scene.current.keys()]);
  const privateSubnetIds = new Map(
    [...zones].map(([zone, subnets]) => {
      const made = makeZone({ zone, subnets, vpcId: vpc.id, publicTableId: open.id }, outbound, scene);
      return [zone, made] as const;
    }),
  );
  return { vpcId: vpc.id, privateSubnetIds };
}

interface Zone {
  readonly zone: string;
  readonly subnets: ZoneSubnets;
  readonly vpcId: pulumi.Output<string>;
  readonly publicTableId: pulumi.Output<string>;
}

/** @returns the id of the private subnet */
function makeZone({ zone, subnets, vpcId, publicTableId }: Zone, outbound: Route, scene: Scene): pulumi.Output<string> {
  const { parent } = scene;
  const at = { vpcId, availabilityZone: zone };
  const [open, closed] = [`${scene.name}-public-${zone}`, `${scene.name}-private-${zone}`];
  const front = new Subnet(open, { ...at, cidrBlock: subnets.public, tags: named(open, scene) }, { parent });
  new RouteTableAssociation(open, { subnetId: front.id, routeTableId: publicTableId }, { parent });
  const back = new Subnet(closed, { ...at, cidrBlock: subnets.private, tags: named(closed, scene) }, { parent });
  const table = new RouteTable(closed, { vpcId, tags: named(closed, scene) }, { parent });
  new RouteTableAssociation(closed, { subnetId: back.id, routeTableId: table.id }, { parent });
  // Without a way out a NAT gateway cannot be made.
  const gateway = makeGateway({ zone, subnetId: front.id, dependsOn: [outbound] }, scene);
  moveRoute(closed, { routeTableId: table.id, gateway }, scene);
  return back.id;
}

interface GatewayPlace {
  readonly zone: string;
  readonly subnetId: pulumi.Input<string>;
  readonly dependsOn?: readonly pulumi.Resource[];
}

/** The gateway of a zone's address in use. Its name has the address's generation: a new one stands before the old one goes. */
export function makeGateway({ zone, subnetId, dependsOn = [] }: GatewayPlace, scene: Scene): NatGateway | undefined {
  const address = scene.current.get(zone);
  if (address === undefined) return undefined;
  const name = `${scene.name}-${zone}-g${address.generation}`;
  const inputs = { allocationId: address.allocationId, subnetId, tags: named(name, scene) };
  return new NatGateway(name, inputs, { parent: scene.parent, dependsOn: [...dependsOn] });
}

interface WayOut {
  readonly routeTableId: pulumi.Input<string>;
  readonly gateway: NatGateway | undefined;
}

/** The way out of a route table. It changes in place, and only after the keys know the address behind the gateway. */
export function moveRoute(name: string, { routeTableId, gateway }: WayOut, { parent, after }: Scene): void {
  if (gateway === undefined) return;
  const inputs = { routeTableId, destinationCidrBlock: ANYWHERE, natGatewayId: gateway.id };
  new Route(name, inputs, { parent, dependsOn: [...after] });
}

function named(name: string, { owner, tags }: Scene): Record<string, pulumi.Input<string>> {
  return tagsOf(name, owner, tags);
}
