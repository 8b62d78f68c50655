import {
  AttachInternetGatewayCommand,
  CreateInternetGatewayCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteInternetGatewayCommand,
  DeleteSubnetCommand,
  DeleteVpcCommand,
  DescribeSubnetsCommand,
  DescribeVpcsCommand,
  DetachInternetGatewayCommand,
  ModifySubnetAttributeCommand,
  ModifyVpcAttributeCommand,
} from "@aws-sdk/client-ec2";
import { z } from "zod";
import { retag, tagged } from "./ec2-tags";
import { answered, inputsOf, isFound, type Served, served, tags, unlessGone } from "./served";

const flag = z.boolean().optional();

/** The network itself. */
export const NETWORK: Readonly<Record<string, Served>> = {
  "aws:ec2/vpc:Vpc": served({
    inputs: inputsOf({ cidrBlock: z.string(), enableDnsHostnames: flag, enableDnsSupport: flag, tags }),
    inPlace: ["tags"],
    create: async ({ ec2 }, inputs) => {
      const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: inputs.cidrBlock, ...tagged("vpc", inputs) }));
      const id = answered(Vpc?.VpcId, "the id of a network");
      const { enableDnsHostnames: hostnames, enableDnsSupport: support } = inputs;
      if (support !== undefined)
        await ec2.send(new ModifyVpcAttributeCommand({ VpcId: id, EnableDnsSupport: { Value: support } }));
      if (hostnames !== undefined)
        await ec2.send(new ModifyVpcAttributeCommand({ VpcId: id, EnableDnsHostnames: { Value: hostnames } }));
      return { id, outputs: {} };
    },
    update: retag,
    remove: ({ ec2 }, { id }) => unlessGone(() => ec2.send(new DeleteVpcCommand({ VpcId: id }))),
    exists: ({ ec2 }, { id }) => isFound(() => ec2.send(new DescribeVpcsCommand({ VpcIds: [id] }))),
  }),

  "aws:ec2/subnet:Subnet": served({
    inputs: inputsOf({
      vpcId: z.string(),
      cidrBlock: z.string(),
      availabilityZone: z.string().optional(),
      mapPublicIpOnLaunch: flag,
      tags,
    }),
    inPlace: ["tags"],
    create: async ({ ec2 }, inputs) => {
      const { vpcId, cidrBlock, availabilityZone, mapPublicIpOnLaunch } = inputs;
      const where = { VpcId: vpcId, CidrBlock: cidrBlock, AvailabilityZone: availabilityZone };
      const { Subnet } = await ec2.send(new CreateSubnetCommand({ ...where, ...tagged("subnet", inputs) }));
      const id = answered(Subnet?.SubnetId, "the id of a subnet");
      if (mapPublicIpOnLaunch !== undefined)
        await ec2.send(new ModifySubnetAttributeCommand({ SubnetId: id, MapPublicIpOnLaunch: { Value: mapPublicIpOnLaunch } }));
      return { id, outputs: { availabilityZone: answered(Subnet?.AvailabilityZone, "the zone of a subnet") } };
    },
    update: retag,
    remove: ({ ec2 }, { id }) => unlessGone(() => ec2.send(new DeleteSubnetCommand({ SubnetId: id }))),
    exists: ({ ec2 }, { id }) => isFound(() => ec2.send(new DescribeSubnetsCommand({ SubnetIds: [id] }))),
  }),

  "aws:ec2/internetGateway:InternetGateway": served({
    inputs: inputsOf({ vpcId: z.string().optional(), tags }),
    inPlace: ["tags"],
    create: async ({ ec2 }, inputs) => {
      const { InternetGateway } = await ec2.send(new CreateInternetGatewayCommand(tagged("internet-gateway", inputs)));
      const id = answered(InternetGateway?.InternetGatewayId, "the id of a gateway");
      if (inputs.vpcId !== undefined)
        await ec2.send(new AttachInternetGatewayCommand({ InternetGatewayId: id, VpcId: inputs.vpcId }));
      return { id, outputs: {} };
    },
    update: retag,
    remove: async ({ ec2 }, { id, inputs: { vpcId } }) => {
      if (vpcId !== undefined)
        await unlessGone(() => ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId: id, VpcId: vpcId })));
      await unlessGone(() => ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId: id })));
    },
  }),
};
