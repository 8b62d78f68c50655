import { contextKey, literal, type PolicyDocument, policyOf, type Statement } from "./policy";

/** What one bot may do. */
export interface BotGrant {
  readonly owner: string;
  readonly bot: string;
  /** ARN of the sealing key. */
  readonly key: string;
  /** What its documents are read with, by store. */
  readonly reads: readonly DocumentRead[];
}

/** One action on one document of a store. */
export interface DocumentRead {
  readonly action: string;
  /** ARN. */
  readonly resource: string;
}

/**
 * The policy of one bot's role: open under this bot's context, and read its own documents. The passphrase that manages a key, sealed
 * apart, is not the bot's to open.
 */
export function botPolicy({ owner, bot, key, reads }: BotGrant): PolicyDocument {
  const open: Statement = {
    Sid: "OpenOwnKeys",
    Effect: "Allow",
    Action: ["kms:Decrypt"],
    Resource: [key],
    Condition: {
      StringEquals: { [contextKey("owner")]: literal(owner), [contextKey("bot")]: literal(bot) },
      Null: { [contextKey("part")]: "true" },
    },
  };
  const actions = [...new Set(reads.map(({ action }) => action))];
  const read = actions.map(
    (action, index): Statement => ({
      Sid: `ReadOwnDocuments${index + 1}`,
      Effect: "Allow",
      Action: [action],
      Resource: reads.filter((one) => one.action === action).map(({ resource }) => resource),
    }),
  );
  return policyOf([open, ...read]);
}
