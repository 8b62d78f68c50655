import {
  DescribeAddressesCommand,
  DescribeNatGatewaysCommand,
  DescribeRouteTablesCommand,
  type EC2Client,
  type NatGateway,
} from "@aws-sdk/client-ec2";

/** The elastic addresses that are allocated now, sorted. */
export async function allocatedAddresses(ec2: EC2Client): Promise<readonly string[]> {
  const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({}));
  return Addresses.map(({ PublicIp = "" }) => PublicIp).sort();
}

/** Where packets from the private subnets leave now, as the emulated network has it: by the gateways that their route tables name. */
export async function waysOut(ec2: EC2Client): Promise<readonly string[]> {
  const [{ RouteTables = [] }, { NatGateways = [] }] = await Promise.all([
    ec2.send(new DescribeRouteTablesCommand({})),
    ec2.send(new DescribeNatGatewaysCommand({})),
  ]);
  const routes = RouteTables.flatMap(({ Routes = [] }) => Routes);
  const used = routes.flatMap(({ NatGatewayId }) => NatGateways.filter((gateway) => gateway.NatGatewayId === NatGatewayId));
  return used.flatMap(addressesOf).sort();
}

/** The address of a network interface now. */
export async function addressOn(ec2: EC2Client, networkInterface: string): Promise<string | undefined> {
  const { Addresses = [] } = await ec2.send(new DescribeAddressesCommand({}));
  return Addresses.find(({ NetworkInterfaceId }) => NetworkInterfaceId === networkInterface)?.PublicIp;
}

function addressesOf({ NatGatewayAddresses = [] }: NatGateway): readonly string[] {
  return NatGatewayAddresses.flatMap(({ PublicIp }) => (PublicIp === undefined ? [] : [PublicIp]));
}
