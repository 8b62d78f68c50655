import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { CreateNetworkInterfaceCommand, CreateSubnetCommand, CreateVpcCommand, EC2Client } from "@aws-sdk/client-ec2";
import { CreateRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { SSMClient } from "@aws-sdk/client-ssm";
import { stringify } from "yaml";
import { parentVariables } from "../../harness/parents";
import { Stack } from "../../harness/stack";
import { type StartedSandbox, startSandbox } from "../../sandbox/start";
import type { Moto } from "../../scripts/moto";
import { ensureToolchain } from "../../scripts/setup/toolchain";
import { type AwsBot, awsBots } from "./bots";
import { awsFile, BOTS, KEYS, REGION } from "./declared";
import { placePlugin } from "./plugin/place";
import { LOG_VARIABLE } from "./plugin/request-log";
import { Recorder } from "./timeline";

type Sections = Readonly<Record<string, unknown>>;

interface Parts {
  readonly folder: string;
  readonly moto: Moto;
  readonly sandbox: StartedSandbox;
  readonly stack: Stack;
  readonly said: readonly string[];
}

/** A sandbox, an AWS emulator, and a stack that the real CLI drives with the project's own program and the plugin of this folder. */
export class AwsStage {
  readonly ec2: EC2Client;
  readonly kms: KMSClient;
  readonly ssm: SSMClient;
  readonly recorder: Recorder;
  readonly bots: readonly AwsBot[];

  private constructor(private readonly parts: Parts) {
    const where = { region: REGION, endpoint: parts.moto.endpoint };
    this.ec2 = new EC2Client(where);
    this.kms = new KMSClient(where);
    this.ssm = new SSMClient(where);
    this.recorder = new Recorder(parts.sandbox.control, logIn(parts.folder));
    this.bots = awsBots(parts);
  }

  /** Takes `moto` over: {@link close} ends it. */
  static async open(moto: Moto): Promise<AwsStage> {
    const toolchain = await ensureToolchain();
    const folder = await mkdtemp(join(tmpdir(), "exchange-keys-aws-"));
    // The pace of calls is not what these tests are about.
    const sandbox = await startSandbox({ dir: join(folder, "sandbox"), rateScale: 50 });
    await placePlugin(join(folder, "bin"));
    await makeRoles(moto);
    const env = {
      PATH: [join(folder, "bin"), toolchain.env.PATH ?? ""].join(delimiter),
      AWS_ENDPOINT_URL: moto.endpoint,
      [LOG_VARIABLE]: logIn(folder),
      EXCHANGE_KEYS_SANDBOX: join(folder, "sandbox", "sandbox.json"),
      ...(await parentVariables(join(folder, "sandbox"))),
    };
    const said: string[] = [];
    const onLine = (line: string) => said.push(line);
    const options = {
      toolchain,
      env,
      onLine,
      backend: join(folder, "state"),
      stack: "desk",
      configFile: join(folder, "desk.yaml"),
    };
    const stack = new Stack(options);
    await stack.init();
    return new AwsStage({ folder, moto, sandbox, stack, said });
  }

  async close(): Promise<void> {
    this.ec2.destroy();
    this.kms.destroy();
    this.ssm.destroy();
    await this.parts.sandbox.stop();
    await this.parts.moto.stop();
    await rm(this.parts.folder, { recursive: true });
  }

  get stack(): Stack {
    return this.parts.stack;
  }

  get sandbox(): StartedSandbox {
    return this.parts.sandbox;
  }

  /** The latest lines that the CLI has said, for a test that failed. */
  get said(): string {
    return this.parts.said.slice(-60).join("\n");
  }

  /** Says what the next runs are to make so. */
  async declare(sections: Sections, keys = KEYS): Promise<void> {
    await writeFile(join(this.parts.folder, "desk.yaml"), stringify(awsFile(this.parts.folder, sections, keys)));
  }

  /** The stack without a single credential: neither of a parent nor of AWS. */
  withoutCredentials(): Stack {
    const { PATH = "", EXCHANGE_KEYS_SANDBOX = "", AWS_ENDPOINT_URL = "" } = this.stack.options.env;
    const none = { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" };
    return this.stack.with({ env: { PATH, EXCHANGE_KEYS_SANDBOX, AWS_ENDPOINT_URL, ...none } });
  }

  /** Moves the exchanges' clock, after noting what happened by the old one. */
  async advance(by: string): Promise<void> {
    await this.recorder.look();
    await this.sandbox.control.advance(by);
  }

  /** Machines that were there before: one network interface for each bot. */
  async makeInterfaces(): Promise<Readonly<Record<string, string>>> {
    const { Vpc } = await this.ec2.send(new CreateVpcCommand({ CidrBlock: "10.99.0.0/16" }));
    const { Subnet } = await this.ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: "10.99.0.0/24" }));
    const made: [string, string][] = [];
    for (const bot of BOTS) {
      const { NetworkInterface } = await this.ec2.send(new CreateNetworkInterfaceCommand({ SubnetId: Subnet?.SubnetId }));
      made.push([bot, NetworkInterface?.NetworkInterfaceId ?? ""]);
    }
    return Object.fromEntries(made);
  }
}

function logIn(folder: string): string {
  return join(folder, "aws.jsonl");
}

/** The bots' roles are not this stack's. */
async function makeRoles({ endpoint }: Moto): Promise<void> {
  const iam = new IAMClient({ region: REGION, endpoint });
  const trust = { Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" };
  const AssumeRolePolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement: [trust] });
  for (const bot of BOTS) await iam.send(new CreateRoleCommand({ RoleName: bot, AssumeRolePolicyDocument }));
  iam.destroy();
}
