import * as pulumi from "@pulumi/pulumi";
import { subAccountProblems } from "../core/sub-account";
import type { Scope } from "../core/words";
import { validationContext } from "../handlers/validation";
import { knownInputs } from "./early-problems";
import { PausedTraces } from "./paused-traces";
import { currentRun } from "./program-run";
import { exchangeOf, stackSettings } from "./stack";

// The module object itself, required from inside node_modules, is what Pulumi turns into one `require`.
import handler = require("../handlers/sub-account");

/** One sub-account, made or adopted. At least one of `name` and `uid`. */
export interface SubAccountArgs {
  /** Alias of a parent credential in `exchange-keys:accounts`. */
  readonly account: pulumi.Input<string>;
  /** Its name at the exchange, by the exchange's rules. One that is not there is made. */
  readonly name?: pulumi.Input<string>;
  /** The exchange's number, or the `id`, of one that has to be there. */
  readonly uid?: pulumi.Input<string>;
  /** What has to be enabled on it before its keys can get it, on exchanges that ask for that. */
  readonly products?: pulumi.Input<pulumi.Input<Scope>[]>;
  /** What a person shall read beside a new one at the exchange, where it shows that. One that is there keeps its own. */
  readonly remark?: pulumi.Input<string>;
}

/**
 * A sub-account of an exchange. Its `id` is what ApiKey takes as `subAccount`. Removing it forgets it. The sub-account still exists
 * with all that it holds.
 */
export class SubAccount extends pulumi.dynamic.Resource {
  /** True when this resource made it, false when it was there. */
  declare readonly made: pulumi.Output<boolean>;

  /** @throws RunError when the configuration is wrong. Once the program has declared everything, also for every problem of every resource */
  constructor(name: string, args: SubAccountArgs, options?: pulumi.CustomResourceOptions) {
    const settings = stackSettings();
    const { environment, accounts } = settings;
    const inputs = { ...args, environment, exchange: exchangeOf(args.account, accounts) };
    const { problems } = currentRun();
    problems.add(name, subAccountProblems(knownInputs(inputs), undefined, validationContext(settings, new Date())));
    const properties = { made: undefined, ...inputs, stack: pulumi.getStack(), refused: problems.refusal([]) };
    const traces = new PausedTraces();
    try {
      super(handler as pulumi.dynamic.ResourceProvider, name, properties, options, "exchange-keys", "SubAccount");
    } catch (error) {
      throw traces.failed(error);
    } finally {
      traces.resume();
    }
  }
}
