import { RolePolicy } from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { knownInputs } from "../resources/early-problems";
import { stackSettings } from "../resources/stack";
import { botPolicy } from "./bot-policy";
import { documentReads } from "./document-reads";
import { botProblems } from "./key-plan";
import { parseIamArn } from "./policy";
import { refuseProblems } from "./refusal";
import type { SealingKey } from "./sealing-key";

export interface BotAccessArgs {
  /** The bot that its keys name. */
  readonly bot: string;
  /** ARN of the role that the bot runs as. One of the key's openers. */
  readonly role: pulumi.Input<string>;
  readonly key: SealingKey;
  /** Where its keys' documents are published. */
  readonly documents?: pulumi.Input<pulumi.Input<string>[]>;
}

/** Which bots this program has given access, and to which roles. */
const botByRole = new Map<string, string>();
const accessByBot = new Map<string, string>();

/** Lets one bot's role open what is sealed for that bot, and read its documents. */
export class BotAccess extends pulumi.ComponentResource {
  /** The role's policy, as JSON. */
  readonly policy: pulumi.Output<string>;

  /** @throws RunError naming everything that is wrong with `args`, or that another BotAccess has this bot or this role */
  constructor(name: string, args: BotAccessArgs, options?: pulumi.ComponentResourceOptions) {
    const { owner } = stackSettings();
    refuseProblems("BotAccess", name, botProblems({ ...(knownInputs({ ...args, key: undefined }) as object) }));
    refuseTwin(name, args.bot);
    if (typeof args.role === "string") refuseSharedRole(name, { bot: args.bot, role: args.role });
    super("exchange-keys:aws:BotAccess", name, {}, options);
    const { bot, key } = args;
    const role = pulumi.all([args.role, key.openers]).apply(([arn, openers]) => {
      refuseProblems("BotAccess", name, botProblems({ bot, role: arn }));
      refuseSharedRole(name, { bot, role: arn });
      if (!openers.includes(arn)) {
        const reason = "is not among the openers of its key, so no policy could let it open anything";
        refuseProblems("BotAccess", name, [{ property: "role", reason }]);
      }
      return parseIamArn(arn)?.name ?? "";
    });
    this.policy = pulumi.all([key.arn, pulumi.output(args.documents ?? [])]).apply(([arn, documents]) => {
      const reads = documents.flatMap((document) => documentReads(document, arn));
      return JSON.stringify(botPolicy({ owner, bot, key: arn, reads }));
    });
    new RolePolicy(name, { role, policy: this.policy }, { parent: this });
    this.registerOutputs({ policy: this.policy });
  }
}

/** Two roles with the context of one bot would make two bots of it. */
function refuseTwin(name: string, bot: string): void {
  const other = accessByBot.get(bot);
  if (other !== undefined) {
    const reason = `"${bot}" is the bot of "${other}" too: two bots must not share a sealing context. Give each a name of its own`;
    refuseProblems("BotAccess", name, [{ property: "bot", reason }]);
  }
  accessByBot.set(bot, name);
}

/** One role for two bots would let each open the other's keys. */
function refuseSharedRole(name: string, { bot, role }: { readonly bot: string; readonly role: string }): void {
  const other = botByRole.get(role);
  if (other !== undefined && other !== bot) {
    refuseProblems("BotAccess", name, [
      { property: "role", reason: `is the role of bot "${other}" too: each could open the other's keys` },
    ]);
  }
  botByRole.set(role, bot);
}
