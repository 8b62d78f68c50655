import {
  AssociateRouteTableCommand,
  CreateRouteCommand,
  type CreateRouteCommandInput,
  CreateRouteTableCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DescribeRouteTablesCommand,
  DisassociateRouteTableCommand,
  ReplaceRouteCommand,
  ReplaceRouteTableAssociationCommand,
} from "@aws-sdk/client-ec2";
import { z } from "zod";
import { retag, tagged } from "./ec2-tags";
import { answered, inputsOf, isFound, type Served, served, tags, unlessGone } from "./served";

const target = {
  gatewayId: z.string().optional(),
  natGatewayId: z.string().optional(),
  networkInterfaceId: z.string().optional(),
};
const routeInputs = inputsOf({ routeTableId: z.string(), destinationCidrBlock: z.string(), ...target });
const tableInputs = inputsOf({
  vpcId: z.string(),
  routes: z.array(z.strictObject({ cidrBlock: z.string(), ...target })).optional(),
  tags,
});

/** A route as EC2 takes it. */
function routed(table: string, route: Omit<z.output<typeof routeInputs>, "routeTableId" | "region">): CreateRouteCommandInput {
  const { destinationCidrBlock, gatewayId, natGatewayId, networkInterfaceId } = route;
  const through = { GatewayId: gatewayId, NatGatewayId: natGatewayId, NetworkInterfaceId: networkInterfaceId };
  return { RouteTableId: table, DestinationCidrBlock: destinationCidrBlock, ...through };
}

/** Where packets go. */
export const ROUTES: Readonly<Record<string, Served>> = {
  "aws:ec2/routeTable:RouteTable": served({
    inputs: tableInputs,
    inPlace: ["tags"],
    create: async ({ ec2 }, inputs) => {
      const { RouteTable } = await ec2.send(
        new CreateRouteTableCommand({ VpcId: inputs.vpcId, ...tagged("route-table", inputs) }),
      );
      const id = answered(RouteTable?.RouteTableId, "the id of a route table");
      for (const { cidrBlock, ...through } of inputs.routes ?? [])
        await ec2.send(new CreateRouteCommand(routed(id, { destinationCidrBlock: cidrBlock, ...through })));
      return { id, outputs: {} };
    },
    update: retag,
    remove: ({ ec2 }, { id }) => unlessGone(() => ec2.send(new DeleteRouteTableCommand({ RouteTableId: id }))),
    exists: ({ ec2 }, { id }) => isFound(() => ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [id] }))),
  }),

  "aws:ec2/route:Route": served({
    inputs: routeInputs,
    inPlace: Object.keys(target),
    create: async ({ ec2 }, inputs) => {
      await ec2.send(new CreateRouteCommand(routed(inputs.routeTableId, inputs)));
      return { id: `r-${inputs.routeTableId}-${inputs.destinationCidrBlock}`, outputs: { state: "active" } };
    },
    update: async ({ ec2 }, _, inputs) => {
      await ec2.send(new ReplaceRouteCommand(routed(inputs.routeTableId, inputs)));
      return {};
    },
    remove: ({ ec2 }, { inputs }) => {
      const route = { RouteTableId: inputs.routeTableId, DestinationCidrBlock: inputs.destinationCidrBlock };
      return unlessGone(() => ec2.send(new DeleteRouteCommand(route)));
    },
  }),

  "aws:ec2/routeTableAssociation:RouteTableAssociation": served({
    inputs: inputsOf({ routeTableId: z.string(), subnetId: z.string() }),
    inPlace: ["routeTableId"],
    create: async ({ ec2 }, { routeTableId, subnetId }) => {
      const where = { RouteTableId: routeTableId, SubnetId: subnetId };
      const { AssociationId } = await ec2.send(new AssociateRouteTableCommand(where));
      const id = answered(AssociationId, "the id of an association");
      return { id, outputs: { associationId: id } };
    },
    // AWS gives a moved association another id.
    update: async ({ ec2 }, { outputs }, { routeTableId }) => {
      const moved = { AssociationId: String(outputs.associationId), RouteTableId: routeTableId };
      const { NewAssociationId } = await ec2.send(new ReplaceRouteTableAssociationCommand(moved));
      return { associationId: answered(NewAssociationId, "the id of an association") };
    },
    remove: ({ ec2 }, { outputs }) =>
      unlessGone(() => ec2.send(new DisassociateRouteTableCommand({ AssociationId: String(outputs.associationId) }))),
  }),
};
