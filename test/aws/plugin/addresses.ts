import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  CreateNatGatewayCommand,
  DeleteNatGatewayCommand,
  DescribeAddressesCommand,
  DescribeNatGatewaysCommand,
  DisassociateAddressCommand,
  ReleaseAddressCommand,
} from "@aws-sdk/client-ec2";
import { z } from "zod";
import { retag, tagged } from "./ec2-tags";
import { answered, type Cloud, inputsOf, isFound, type Served, served, tags, unlessGone } from "./served";

const text = z.string().optional();

/** Elastic addresses and what they are bound to. */
export const ADDRESSES: Readonly<Record<string, Served>> = {
  "aws:ec2/eip:Eip": served({
    inputs: inputsOf({ domain: z.literal("vpc").optional(), instance: text, networkInterface: text, tags }),
    inPlace: ["tags"],
    create: async ({ ec2 }, inputs) => {
      const got = await ec2.send(new AllocateAddressCommand({ Domain: "vpc", ...tagged("elastic-ip", inputs) }));
      const id = answered(got.AllocationId, "the id of an address");
      const publicIp = answered(got.PublicIp, "an address");
      const { instance, networkInterface } = inputs;
      const target = { InstanceId: instance, NetworkInterfaceId: networkInterface };
      if (instance !== undefined || networkInterface !== undefined)
        await ec2.send(new AssociateAddressCommand({ AllocationId: id, ...target }));
      return { id, outputs: { allocationId: id, publicIp, domain: "vpc" } };
    },
    update: retag,
    remove: async (cloud, { id }) => {
      // As AWS does, where the emulator would let it go.
      const user = await gatewayOf(cloud, id);
      if (user !== undefined) throw new Error(`InvalidIPAddress.InUse: ${id} is in use by ${user}`);
      await unlessGone(() => cloud.ec2.send(new ReleaseAddressCommand({ AllocationId: id })));
    },
    exists: ({ ec2 }, { id }) => isFound(() => ec2.send(new DescribeAddressesCommand({ AllocationIds: [id] }))),
  }),

  "aws:ec2/eipAssociation:EipAssociation": served({
    inputs: inputsOf({ allocationId: z.string(), instanceId: text, networkInterfaceId: text, privateIpAddress: text }),
    create: async ({ ec2 }, { allocationId, instanceId, networkInterfaceId, privateIpAddress }) => {
      const target = { InstanceId: instanceId, NetworkInterfaceId: networkInterfaceId, PrivateIpAddress: privateIpAddress };
      const { AssociationId } = await ec2.send(new AssociateAddressCommand({ AllocationId: allocationId, ...target }));
      return { id: answered(AssociationId, "the id of an association"), outputs: {} };
    },
    remove: ({ ec2 }, { id }) => unlessGone(() => ec2.send(new DisassociateAddressCommand({ AssociationId: id }))),
  }),

  "aws:ec2/natGateway:NatGateway": served({
    inputs: inputsOf({ allocationId: z.string(), subnetId: z.string(), connectivityType: z.literal("public").optional(), tags }),
    inPlace: ["tags"],
    create: async ({ ec2 }, inputs) => {
      const where = { AllocationId: inputs.allocationId, SubnetId: inputs.subnetId };
      const { NatGateway } = await ec2.send(new CreateNatGatewayCommand({ ...where, ...tagged("natgateway", inputs) }));
      const id = answered(NatGateway?.NatGatewayId, "the id of a gateway");
      return { id, outputs: { publicIp: NatGateway?.NatGatewayAddresses?.[0]?.PublicIp } };
    },
    update: retag,
    remove: ({ ec2 }, { id }) => unlessGone(() => ec2.send(new DeleteNatGatewayCommand({ NatGatewayId: id }))),
    exists: async ({ ec2 }, { id }) => {
      const { NatGateways = [] } = await ec2.send(new DescribeNatGatewaysCommand({ NatGatewayIds: [id] }));
      return NatGateways.some(({ State }) => State === "available");
    },
  }),
};

/** The living NAT gateway that uses an address. */
async function gatewayOf({ ec2 }: Cloud, allocation: string): Promise<string | undefined> {
  const { NatGateways = [] } = await ec2.send(new DescribeNatGatewaysCommand({}));
  const users = NatGateways.filter(({ NatGatewayAddresses = [] }) =>
    NatGatewayAddresses.some(({ AllocationId }) => AllocationId === allocation),
  );
  return users.find(({ State }) => State !== "deleted")?.NatGatewayId;
}
