import * as pulumi from "@pulumi/pulumi";
import { MASTER } from "../core/adopted";
import { adoptedProblems } from "../core/adopted-validate";
import type { Scope } from "../core/words";
import { validationContext } from "../handlers/validation";
import { knownInputs } from "./early-problems";
import { PausedTraces } from "./paused-traces";
import { currentRun } from "./program-run";
import type { Published, Tenancy } from "./registry";
import { exchangeOf, stackSettings } from "./stack";
import { whenKnown } from "./when-known";

// The module object itself, required from inside node_modules, is what Pulumi turns into one `require`.
import handler = require("../handlers/adopted-api-key");

/** One exchange key that only a person can make. */
export interface AdoptedApiKeyArgs {
  /** Alias of an account in `exchange-keys:accounts`. It needs no credentials there. */
  readonly account: pulumi.Input<string>;
  /** Default: `master`. */
  readonly subAccount?: pulumi.Input<string>;
  /** 1 to 40 lower-case letters, digits and inner hyphens. Default: the resource's name. */
  readonly name?: pulumi.Input<string>;
  /** Which bot uses the key. Part of the sealing context, so that a bot can open its own keys only. */
  readonly bot: pulumi.Input<string>;
  /** What for, such as `treasury`. */
  readonly purpose: pulumi.Input<string>;
  /** What was ticked on the exchange's page. The only kind that may hold `withdraw`, and never together with a trade scope. */
  readonly scopes: pulumi.Input<pulumi.Input<Scope>[]>;
  /** Permissions that were ticked there and that scopes have no word for, by the exchange's own names. */
  readonly otherPermissions?: pulumi.Input<pulumi.Input<string>[]>;
  /** Addresses that were entered on the exchange's page. Required for anything beyond `read`. */
  readonly ipWhitelist: pulumi.Input<pulumi.Input<string>[]>;
  /** Where `exchange-keys adopt` publishes the sealed document: `ssm://…`, `s3://…` or `file:///path.json`. */
  readonly publish: pulumi.Input<string>;
  /** Sealing reference that the document has to be sealed by. Default: any. */
  readonly seal?: pulumi.Input<string>;
  /** Default: 90d. */
  readonly maxAge?: pulumi.Input<string>;
  /** What an overdue or expired key is: an error of this resource alone, or a warning. Default: error. */
  readonly onOverdue?: pulumi.Input<"error" | "warn">;
  /** ISO time at which the right to withdraw was given, if that was after the key was made. */
  readonly withdrawEnabledAt?: pulumi.Input<string>;
  /**
   * Addresses of the whitelist from which the deployer may sign with this key, to see what it can do. Default: none, and only document,
   * age and expiry are looked at.
   */
  readonly verifyFrom?: pulumi.Input<pulumi.Input<string>[]>;
  readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * Watches one exchange key that a person made and `exchange-keys adopt` sealed: its document, its age, its end and, where allowed, what it
 * can do. It makes, changes and ends nothing. Removing it forgets the key, which still lives at the exchange.
 */
export class AdoptedApiKey extends pulumi.dynamic.Resource {
  /** Public id of the current version. */
  declare readonly apiKey: pulumi.Output<string>;
  declare readonly serial: pulumi.Output<number>;
  declare readonly scopes: pulumi.Output<Scope[]>;
  declare readonly ipWhitelist: pulumi.Output<string[]>;
  /** ISO time at which a person made it. */
  declare readonly issuedAt: pulumi.Output<string>;
  /** ISO time. Absent when the key does not expire. */
  declare readonly expiresAt: pulumi.Output<string | undefined>;
  /** ISO time from which the key can withdraw, where the exchange makes it wait. */
  declare readonly usableFrom: pulumi.Output<string | undefined>;
  /** `ready`, `overdue` or `expired`. */
  declare readonly status: pulumi.Output<string>;
  /** Of the published document, SHA-256. */
  declare readonly digest: pulumi.Output<string>;
  /** Where the sealed document is published. */
  readonly document: pulumi.Output<string>;

  /** @throws RunError when the configuration is wrong. Once the program has declared everything, also for every problem of every resource */
  constructor(name: string, args: AdoptedApiKeyArgs, options?: pulumi.CustomResourceOptions) {
    const settings = stackSettings();
    const { environment, owner, accounts } = settings;
    const exchange = exchangeOf(args.account, accounts);
    const inputs = { ...DEFAULTS, name, ...args, environment, owner, exchange };
    const { account, subAccount, publish } = inputs;
    const { keys, problems } = currentRun();
    const tenancy = { environment, exchange, account, subAccount, exclusive: false };
    const judged = [
      ...whenKnown<Tenancy>(tenancy, (key) => problems.add(name, keys.settle(key, name))),
      ...whenKnown<Published>({ publish }, (known) => problems.add(name, keys.publish(known.publish, name))),
    ];
    problems.add(name, adoptedProblems(knownInputs(inputs), validationContext(settings, new Date())));
    const properties = { ...UNSET_OUTPUTS, ...inputs, stack: pulumi.getStack(), refused: problems.refusal(judged) };
    const traces = new PausedTraces();
    try {
      super(handler as pulumi.dynamic.ResourceProvider, name, properties, options, "exchange-keys", "AdoptedApiKey");
    } catch (error) {
      throw traces.failed(error);
    } finally {
      traces.resume();
    }
    this.document = pulumi.output(publish);
  }
}

const DEFAULTS = { subAccount: MASTER, maxAge: "90d", onOverdue: "error" } as const;

/** Naming an output as undefined makes it a property that the engine fills. */
const UNSET_OUTPUTS = {
  apiKey: undefined,
  serial: undefined,
  issuedAt: undefined,
  expiresAt: undefined,
  usableFrom: undefined,
  status: undefined,
  digest: undefined,
};
