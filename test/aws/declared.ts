import { bybitKey, type DeclaredKeys, okxKey, stackFile } from "../stack/declared";

/** Where the stack is. */
export const REGION = "eu-central-1";
export const ZONES = ["eu-central-1a", "eu-central-1b"] as const;

/** Where documents are in Parameter Store. */
const DOCUMENTS = "/desk/keys";

/** Parameter in which the document of a key is published. */
export const parameterOf = (key: string): string => `${DOCUMENTS}/${key}`;

/** As moto knows it. */
const ACCOUNT = "123456789012";

/** The bots, and the roles that they run as. */
export const BOTS = ["mm-1", "arb-1"] as const;

export const roleOf = (bot: string): string => `arn:aws:iam::${ACCOUNT}:role/${bot}`;

/** As the stack files of tests declare it. */
export const OWNER = "test-desk";

const DEPLOYER = `arn:aws:iam::${ACCOUNT}:role/deployer`;

const place = { bot: "", purpose: "test", addresses: "egress" };

/** One key for each bot, each at another exchange. */
export const KEYS: DeclaredKeys = {
  "bybit-mm": { ...bybitKey(), ...place, bot: "mm-1" },
  "okx-arb": { ...okxKey(), ...place, bot: "arb-1" },
};

/** The stack file of a desk on AWS, in the environment `sandbox`. */
export function awsFile(folder: string, sections: Readonly<Record<string, unknown>>, keys: DeclaredKeys = KEYS): object {
  return stackFile(folder, keys, {
    "aws:region": REGION,
    "desk:seal": undefined,
    "desk:addresses": undefined,
    "desk:publish": `ssm://${DOCUMENTS}?region=${REGION}`,
    "desk:sealingKey": { administrators: [DEPLOYER], sealers: [DEPLOYER] },
    "desk:bots": Object.fromEntries(BOTS.map((bot) => [bot, { role: roleOf(bot) }])),
    ...sections,
  });
}

/** One NAT gateway in each zone, with addresses of these generations. */
export function natPerZone(generations: object): Readonly<Record<string, unknown>> {
  const zones = Object.fromEntries(ZONES.map((zone) => [zone, generations]));
  return { "desk:egress": { mode: "natPerZone", zones }, "desk:routes": { vpc: { cidr: "10.20.0.0/16" } } };
}

/** One address for each bot, on the network interface of its machine. */
export function perBot(interfaces: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> {
  const bots = Object.fromEntries(Object.keys(interfaces).map((bot) => [bot, { generation: 1 }]));
  const instances = Object.fromEntries(Object.entries(interfaces).map(([bot, id]) => [bot, { networkInterface: id }]));
  return { "desk:egress": { mode: "perBot", bots }, "desk:routes": { instances } };
}
