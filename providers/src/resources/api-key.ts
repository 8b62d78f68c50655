import * as pulumi from "@pulumi/pulumi";
import { versionIn } from "../core/record";
import type { Rotate, Schedule } from "../core/schedule";
import { problemsOf } from "../core/validate";
import type { Scope } from "../core/words";
import { findDescriptor } from "../exchanges/registry";
import { validationContext } from "../handlers/validation";
import type { SealedDocument } from "../seal/document";
import { knownInputs } from "./early-problems";
import { PausedTraces } from "./paused-traces";
import { currentRun } from "./program-run";
import type { DeclaredKey, Published } from "./registry";
import { exchangeOf, stackSettings } from "./stack";
import { whenKnown } from "./when-known";

// The module object itself, required from inside node_modules, is what Pulumi turns into one `require`.
import handler = require("../handlers/api-key");

/** The default rotation: at least every 30 days, with a day in which both versions work. */
const DEFAULT_ROTATE: Rotate = { every: "30d", overlap: "24h" };

/** One logical exchange key of a sub-account. */
export interface ApiKeyArgs {
  /** Alias of a parent credential in `exchange-keys:accounts`. */
  readonly account: pulumi.Input<string>;
  /** Sub-account that owns the key, as its exchange names it. Master keys cannot be issued by API. */
  readonly subAccount: pulumi.Input<string>;
  /** 1 to 40 lower-case letters, digits and inner hyphens. Part of the label at the exchange. Default: the resource's name. */
  readonly name?: pulumi.Input<string>;
  /** Which bot uses the key. Part of the sealing context, so that a bot can open its own keys only. */
  readonly bot: pulumi.Input<string>;
  /** What the key is for, such as `market-making`. */
  readonly purpose: pulumi.Input<string>;
  /** Exactly these. There is no default. Trade and withdraw never go together. */
  readonly scopes: pulumi.Input<pulumi.Input<Scope>[]>;
  /** Addresses the bot calls from. Required for anything beyond `read`. */
  readonly ipWhitelist: pulumi.Input<pulumi.Input<string>[]>;
  /** Default: every 30d with an overlap of 24h. */
  readonly rotate?: pulumi.Input<{
    readonly every: pulumi.Input<string>;
    readonly overlap: pulumi.Input<string>;
    readonly trigger?: pulumi.Input<string>;
  }>;
  /** How long a version lives, on exchanges that let one choose: `30d`, `90d` … A change is a rotation. Default: the descriptor's. */
  readonly lifetime?: pulumi.Input<string>;
  /**
   * Public half of the caller's own key pair, SPKI in PEM, where the exchange takes one. Then no secret is made or sealed. The bot signs
   * with its private key. Each rotation needs a public key that no living version has.
   */
  readonly publicKey?: pulumi.Input<string>;
  /** `awskms://<key>?region=…` or `local:///path/to/key`. */
  readonly seal: pulumi.Input<string>;
  /** Where the sealed document is published, one place per key: `ssm:///name?region=…`, `s3://bucket/key?region=…`, `file:///path.json`. */
  readonly publish: pulumi.Input<string>;
  /**
   * Secret in AWS Secrets Manager that gets the *opened* key as ccxt's JSON too: `awssm://<name>?region=…`. Weaker custody, for bots that
   * cannot open documents. Default: none.
   */
  readonly deliver?: pulumi.Input<string>;
  readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Declares that nobody else makes keys in this sub-account: no other ApiKey, no person, no other program. Required where keys carry no
   * label. There every unknown key counts as an old one of this resource, and is retired. Default: false.
   */
  readonly exclusive?: pulumi.Input<boolean>;
  /** Allows a change of exchange, account or sub-account. Such a change ends the old key without an overlap. Default: false. */
  readonly replaceAtOnce?: pulumi.Input<boolean>;
}

/**
 * Issues, restricts, rotates and retires one exchange key. No output ever holds its secret: `sealed` is ciphertext, also published at
 * `document`, where the bot opens it.
 */
export class ApiKey extends pulumi.dynamic.Resource {
  /** Public id of the current version. It is derived from `sealed`, like the properties below, so that state holds it once. */
  readonly apiKey: pulumi.Output<string | undefined>;
  readonly serial: pulumi.Output<number | undefined>;
  declare readonly scopes: pulumi.Output<Scope[]>;
  declare readonly ipWhitelist: pulumi.Output<string[]>;
  /** `ready`, or `unfinished` when a run stopped in the middle. The next `up` continues. */
  declare readonly status: pulumi.Output<string>;
  /** The sealed document itself, ciphertext only. */
  declare readonly sealed: pulumi.Output<SealedDocument>;
  declare private readonly schedule: pulumi.Output<Schedule>;
  /** ISO time. */
  readonly issuedAt: pulumi.Output<string | undefined>;
  /** ISO time. Absent when the current version does not expire. */
  readonly expiresAt: pulumi.Output<string | undefined>;
  /** ISO time from which the next rotation is due. */
  readonly rotateAfter: pulumi.Output<string | undefined>;
  /** Where the sealed document is published. */
  readonly document: pulumi.Output<string>;

  /** @throws RunError when the configuration is wrong. Once the program has declared everything, also for every problem of every resource */
  constructor(name: string, args: ApiKeyArgs, options?: pulumi.CustomResourceOptions) {
    const settings = stackSettings();
    const { account, subAccount, publish, exclusive = false } = args;
    const exchange = exchangeOf(account, settings.accounts);
    const { environment, owner } = settings;
    const inputs = { rotate: DEFAULT_ROTATE, name, ...args, environment, owner, exchange };
    const { keys, problems } = currentRun();
    const declared = { environment, exchange, account, subAccount, name: inputs.name, exclusive };
    const judged = [
      ...whenKnown<DeclaredKey>(declared, (key) => problems.add(name, keys.add(key, name, findDescriptor(key.exchange)))),
      ...whenKnown<Published>({ publish }, (known) => problems.add(name, keys.publish(known.publish, name))),
    ];
    problems.add(name, problemsOf(knownInputs(inputs), undefined, validationContext(settings, new Date())));
    const properties = { ...UNSET_OUTPUTS, ...inputs, stack: pulumi.getStack(), refused: problems.refusal(judged) };
    const traces = new PausedTraces();
    try {
      super(handler as pulumi.dynamic.ResourceProvider, name, properties, options, "exchange-keys", "ApiKey");
    } catch (error) {
      throw traces.failed(error);
    } finally {
      traces.resume();
    }
    // In a preview of a key that does not exist yet there is no document to derive from.
    const current = this.sealed.apply((sealed: SealedDocument | undefined) => sealed && versionIn(sealed, "current"));
    this.apiKey = current.apply((version) => version?.apiKey);
    this.serial = current.apply((version) => version?.serial);
    this.issuedAt = current.apply((version) => version?.issuedAt);
    this.expiresAt = current.apply((version) => version?.notAfter);
    this.rotateAfter = this.schedule.apply((schedule: Schedule | undefined) => schedule?.dueAt);
    this.document = pulumi.output(publish);
  }
}

/** Naming an output as undefined makes it a property that the engine fills. */
const UNSET_OUTPUTS = {
  status: undefined,
  sealed: undefined,
  schedule: undefined,
};
