import { Alias, Key } from "@pulumi/aws/kms";
import * as pulumi from "@pulumi/pulumi";
import { knownInputs } from "../resources/early-problems";
import { stackSettings } from "../resources/stack";
import { keyProblems } from "./key-plan";
import { keyPolicy } from "./key-policy";
import { refuseProblems } from "./refusal";
import { type Tags, tagsOf } from "./tags";

/** What a {@link SealingKey} is made from. */
export interface SealingKeyArgs {
  /** Without `alias/`. Default: `exchange-keys/<owner>`. */
  readonly alias?: string;
  /** ARNs that may change, disable and delete the key, and never seal or open by it. The role that runs `pulumi up` must be one. */
  readonly administrators: pulumi.Input<pulumi.Input<string>[]>;
  /** ARNs that may seal: the role that runs `pulumi up`. */
  readonly sealers: pulumi.Input<pulumi.Input<string>[]>;
  /** ARNs of the bots' roles. The `BotAccess` of each says what it opens. IAM can allow no other role to open. */
  readonly openers: pulumi.Input<pulumi.Input<string>[]>;
  /** Protected from deletion, which would end every secret it sealed. Default: true. */
  readonly protect?: boolean;
  /** 7 to 30. Default: 30. */
  readonly deletionWindowInDays?: number;
  /** How often KMS makes new key material, 90 to 2560 days. What was sealed before stays readable. Default: 365. */
  readonly rotationPeriodInDays?: number;
  readonly tags?: Tags;
}

/** The KMS key that seals secrets. It has yearly new key material, an alias, and a key policy that separates sealers from openers. */
export class SealingKey extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  /** With `alias/`. */
  readonly aliasName: pulumi.Output<string>;
  /** What `ApiKey` takes as `seal`: `awskms:///<ARN>`. */
  readonly reference: pulumi.Output<string>;
  /** ARNs of the roles that may open. */
  readonly openers: pulumi.Output<string[]>;

  /** @throws RunError naming everything that is wrong with `args` */
  constructor(name: string, args: SealingKeyArgs, options?: pulumi.ComponentResourceOptions) {
    const { owner } = stackSettings();
    const refuse = (known: object): void => refuseProblems("SealingKey", name, keyProblems(known, owner));
    refuse(knownInputs(args) as object);
    super("exchange-keys:aws:SealingKey", name, {}, options);
    const { administrators, sealers, openers, protect = true, deletionWindowInDays = 30, rotationPeriodInDays = 365 } = args;
    const policy = pulumi.output({ administrators, sealers, openers }).apply((roles) => {
      // Roles that another resource made are known only here.
      refuse(roles);
      return JSON.stringify(keyPolicy({ owner, ...roles }));
    });
    const description = `Seals exchange keys of ${owner}`;
    const rotation = { enableKeyRotation: true, rotationPeriodInDays };
    const inputs = { description, policy, deletionWindowInDays, ...rotation, tags: tagsOf(name, owner, args.tags) };
    const key = new Key(name, inputs, { parent: this, protect });
    const alias = new Alias(
      name,
      { name: `alias/${args.alias ?? `exchange-keys/${owner}`}`, targetKeyId: key.keyId },
      { parent: this },
    );
    this.arn = key.arn;
    this.aliasName = alias.name;
    this.reference = pulumi.interpolate`awskms:///${key.arn}`;
    this.openers = pulumi.output(openers);
    this.registerOutputs({ arn: this.arn, aliasName: this.aliasName, reference: this.reference });
  }
}
