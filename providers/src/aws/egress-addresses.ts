import { Eip } from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import { knownInputs } from "../resources/early-problems";
import { stackSettings } from "../resources/stack";
import { egressProblems } from "./egress-plan";
import { addressName, type Generations, type PlannedAddress, plannedAddresses } from "./generations";
import { refuseProblems } from "./refusal";
import { type Tags, tagsOf } from "./tags";

interface Provisioned {
  /**
   * Whether the addresses in use are protected from deletion. A released address belongs to a stranger at once.
   * So declare an address as draining before you remove it. Draining addresses are never protected. Default: true.
   */
  readonly protect?: boolean;
  readonly tags?: Tags;
}

interface Allocation extends Provisioned {
  readonly component: string;
  readonly owner: string;
}

/** One elastic IP for each zone, for a NAT gateway there. */
export interface NatPerZone extends Provisioned {
  readonly mode: "natPerZone";
  /** Availability zone, such as `eu-west-1a`, → its addresses. All of one region. */
  readonly zones: Readonly<Record<string, Generations>>;
}

/** One elastic IP for each bot, whitelisted only for that bot. */
export interface PerBot extends Provisioned {
  readonly mode: "perBot";
  /** Bot → its addresses. */
  readonly bots: Readonly<Record<string, Generations>>;
}

/** Addresses that somebody else provides. Nothing is allocated. */
export interface GivenAddresses {
  readonly mode: "given";
  readonly addresses: readonly pulumi.Input<string>[];
  /** Who holds these addresses and why they are not provisioned here. At least 10 characters. */
  readonly reason: string;
}

/** Where the addresses come from, by `mode`. */
export type EgressAddressesArgs = NatPerZone | PerBot | GivenAddresses;

/** The address in use of a zone or bot. */
export interface CurrentAddress {
  readonly generation: number;
  readonly publicIp: pulumi.Output<string>;
  readonly allocationId: pulumi.Output<string>;
}

/**
 * The addresses that bots call from. Nothing is attached to them here: `EgressRoutes` does that, so that keys can come between and know
 * an address before anything calls from it.
 */
export class EgressAddresses extends pulumi.ComponentResource {
  readonly mode: EgressAddressesArgs["mode"];
  /** Everything to be whitelisted, draining addresses included. One output each, so that their number is known in any preview. */
  readonly addresses: readonly pulumi.Output<string>[];
  /** Zone or bot → its address in use. Empty for given addresses. */
  readonly current: ReadonlyMap<string, CurrentAddress>;
  private readonly byPlace = new Map<string, pulumi.Output<string>[]>();

  /** @throws RunError naming everything that is wrong with `args` */
  constructor(name: string, args: EgressAddressesArgs, options?: pulumi.ComponentResourceOptions) {
    const { environment, owner } = stackSettings();
    const { mode } = args;
    refuseProblems("EgressAddresses", name, egressProblems(knownInputs(args) as object, environment));
    // What policies judge: the component's inputs are all they see of it.
    super("exchange-keys:aws:EgressAddresses", name, args.mode === "given" ? { mode, reason: args.reason } : { mode }, options);
    this.mode = mode;
    const current = new Map<string, CurrentAddress>();
    this.current = current;
    if (args.mode === "given") {
      this.addresses = args.addresses.map((address) => pulumi.output(address));
    } else {
      this.addresses = plannedAddresses(args.mode === "perBot" ? args.bots : args.zones).map((planned) => {
        const eip = this.allocate(planned, { component: name, owner, ...args });
        const { place, generation, state } = planned;
        if (state === "current") current.set(place, { generation, publicIp: eip.publicIp, allocationId: eip.allocationId });
        this.byPlace.set(place, [...(this.byPlace.get(place) ?? []), eip.publicIp]);
        return eip.publicIp;
      });
    }
    this.registerOutputs({ addresses: this.addresses });
  }

  /**
   * What a bot's keys have to let in: with one address per bot its own ones, else all.
   * @throws RunError when this bot has no address of its own
   */
  addressesFor(bot: string): pulumi.Output<string>[] {
    if (this.mode !== "perBot") return [...this.addresses];
    const own = this.byPlace.get(bot);
    if (own !== undefined) return own;
    throw new pulumi.RunError(`bot "${bot}" has no egress address. These bots have one: ${[...this.byPlace.keys()].join(", ")}`);
  }

  private allocate(planned: PlannedAddress, { component, owner, protect = true, tags }: Allocation): Eip {
    const name = addressName(component, planned);
    const options = { parent: this, protect: protect && planned.state === "current" };
    return new Eip(name, { domain: "vpc", tags: tagsOf(name, owner, tags) }, options);
  }
}
