/**
 * The generated policies against a table of requests. They are evaluated by a library that knows AWS's rules
 * (`@cloud-copilot/iam-simulate`), not by AWS itself.
 */
import assert from "node:assert/strict";
import { botPolicy } from "../../providers/src/aws/bot-policy";
import { documentReads } from "../../providers/src/aws/document-reads";
import { keyPolicy } from "../../providers/src/aws/key-policy";
import { literal, type PolicyDocument, parseIamArn } from "../../providers/src/aws/policy";
import { contextOf, contextValues, passphraseContextOf } from "../../providers/src/seal/context";
import { type Attempt, DELEGATING, isAllowed, KEY, role, WIDE } from "./simulate";

const identity = (bot: string, owner = "desk") => ({ owner, bot, exchange: "x", account: "main", subAccount: "1", name: "k" });
const sealed = (bot: string, owner?: string): Record<string, string> => contextValues(contextOf(identity(bot, owner), 7));
const passphrase = (bot: string, owner?: string): Record<string, string> =>
  contextValues(passphraseContextOf(identity(bot, owner), 7));

function without(context: Record<string, string>, name: string): Record<string, string> {
  return Object.fromEntries(Object.entries(context).filter(([key]) => key !== name));
}

/** The policies in force. */
interface Policies {
  readonly key: PolicyDocument;
  readonly mm: PolicyDocument;
}

const ours: Policies = {
  key: keyPolicy({
    owner: "desk",
    administrators: [role("administrator")],
    sealers: [role("deployer")],
    openers: [role("mm-1"), role("arb-1")],
  }),
  mm: botPolicy({
    owner: "desk",
    bot: "mm-1",
    key: KEY,
    reads: [
      { action: "ssm:GetParameter", resource: "arn:aws:ssm:eu-west-1:123456789012:parameter/desk/mm" },
      { action: "s3:GetObject", resource: "arn:aws:s3:::desk-keys/mm.json" },
    ],
  }),
};

interface Row {
  readonly title: string;
  readonly allowed: boolean;
  readonly attempt: (policies: Policies) => Attempt;
}

const yes = (title: string, attempt: Row["attempt"]): Row => ({ title, allowed: true, attempt });
const no = (title: string, attempt: Row["attempt"]): Row => ({ title, allowed: false, attempt });
const names = Object.keys(sealed("mm-1"));

/** A deployer, by the key policy alone. */
const deployer = (action: string, context?: Record<string, string>): Row["attempt"] => {
  return ({ key }) => ({ who: "deployer", action, key, ...(context === undefined ? {} : { context }) });
};
/** Somebody to whom IAM allows everything: what the key policy does by itself. */
const wide = (who: string, action: string, context?: Record<string, string>): Row["attempt"] => {
  return ({ key }) => ({ who, action, key, identity: WIDE, ...(context === undefined ? {} : { context }) });
};
/** The bot under AWS's default key policy: what its own policy does by itself. */
const bot = (action: string, context?: Record<string, string>, resource?: string): Row["attempt"] => {
  return ({ mm }) => ({
    who: "mm-1",
    action,
    identity: mm,
    ...(resource === undefined ? { key: DELEGATING } : { resource }),
    ...(context === undefined ? {} : { context }),
  });
};

const both = (who: string, context: Record<string, string>): Row["attempt"] => {
  return ({ key, mm }) => ({ who, action: "kms:Decrypt", context, key, identity: mm });
};

const NEVER = ["kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:CreateGrant", "kms:GenerateDataKey"];

const TABLE: readonly Row[] = [
  yes("a bot opens its own", both("mm-1", sealed("mm-1"))),
  no("a bot opens another's", both("mm-1", sealed("arb-1"))),
  no("a role that is no opener opens, with a bot's policy", both("thief", sealed("mm-1"))),

  yes("the deployer seals a key", deployer("kms:Encrypt", sealed("mm-1"))),
  yes("the deployer seals a passphrase", deployer("kms:Encrypt", passphrase("mm-1"))),
  no("the deployer seals without a context", deployer("kms:Encrypt")),
  ...names.map((name) => no(`the deployer seals without ${name}`, deployer("kms:Encrypt", without(sealed("mm-1"), name)))),
  no("the deployer seals with a name more", deployer("kms:Encrypt", { ...sealed("mm-1"), colour: "red" })),
  no("the deployer seals for another owner", deployer("kms:Encrypt", sealed("mm-1", "other"))),
  yes("the deployer opens a passphrase", deployer("kms:Decrypt", passphrase("mm-1"))),
  no("the deployer opens a passphrase of another owner", deployer("kms:Decrypt", passphrase("mm-1", "other"))),
  no("the deployer opens a key", deployer("kms:Decrypt", sealed("mm-1"))),
  no("the deployer opens without a context", deployer("kms:Decrypt")),
  ...NEVER.map((action) => no(`the deployer calls ${action}`, deployer(action, sealed("mm-1")))),

  yes("an opener to whom IAM allows everything opens", wide("mm-1", "kms:Decrypt", sealed("mm-1"))),
  no("it opens of another owner", wide("mm-1", "kms:Decrypt", sealed("mm-1", "other"))),
  no("it opens without a context", wide("mm-1", "kms:Decrypt")),
  no("it opens a passphrase", wide("mm-1", "kms:Decrypt", passphrase("mm-1"))),
  no("it seals", wide("mm-1", "kms:Encrypt", sealed("mm-1"))),
  no("an administrator of the account opens", wide("account-admin", "kms:Decrypt", sealed("mm-1"))),
  no("an administrator of the account changes the key policy", wide("account-admin", "kms:PutKeyPolicy")),
  ...["mm-1", "account-admin", "administrator"].flatMap((who) =>
    NEVER.map((action) => no(`${who}, to whom IAM allows everything, calls ${action}`, wide(who, action, sealed("mm-1")))),
  ),
  yes("the key's administrator changes the key policy", wide("administrator", "kms:PutKeyPolicy")),
  no("the key's administrator opens", wide("administrator", "kms:Decrypt", sealed("mm-1"))),
  no("the key's administrator seals", wide("administrator", "kms:Encrypt", sealed("mm-1"))),

  yes("a bot's policy lets it open its own", bot("kms:Decrypt", sealed("mm-1"))),
  no("another bot's", bot("kms:Decrypt", sealed("arb-1"))),
  no("of another owner", bot("kms:Decrypt", sealed("mm-1", "other"))),
  no("without a context", bot("kms:Decrypt")),
  no("without bot", bot("kms:Decrypt", without(sealed("mm-1"), "bot"))),
  no("without owner", bot("kms:Decrypt", without(sealed("mm-1"), "owner"))),
  no("its managing passphrase", bot("kms:Decrypt", passphrase("mm-1"))),
  no("seal", bot("kms:Encrypt", sealed("mm-1"))),
  ...NEVER.map((action) => no(`call ${action}`, bot(action, sealed("mm-1")))),
  no("open by another key", bot("kms:Decrypt", sealed("mm-1"), KEY.replace("01234567", "99999999"))),
  yes("read its parameter", bot("ssm:GetParameter", undefined, "arn:aws:ssm:eu-west-1:123456789012:parameter/desk/mm")),
  no("another parameter", bot("ssm:GetParameter", undefined, "arn:aws:ssm:eu-west-1:123456789012:parameter/desk/arb")),
  no("write its parameter", bot("ssm:PutParameter", undefined, "arn:aws:ssm:eu-west-1:123456789012:parameter/desk/mm")),
  yes("read its object", bot("s3:GetObject", undefined, "arn:aws:s3:::desk-keys/mm.json")),
  no("another object", bot("s3:GetObject", undefined, "arn:aws:s3:::desk-keys/arb.json")),
];

async function wrongRows(policies: Policies): Promise<readonly string[]> {
  const outcomes = await Promise.all(TABLE.map(async (row) => [row, await isAllowed(row.attempt(policies))] as const));
  return outcomes.filter(([row, allowed]) => row.allowed !== allowed).map(([row]) => row.title);
}

/** Each condition of a policy, as its statement's name, operator and key, with the policy that lacks it. */
function weakened(policy: PolicyDocument): readonly (readonly [string, PolicyDocument])[] {
  return policy.Statement.flatMap((statement, index) =>
    Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
      Object.keys(keys).map((key) => {
        const rest = Object.fromEntries(Object.entries(keys).filter(([other]) => other !== key));
        const Condition = { ...statement.Condition, [operator]: rest };
        const Statement = policy.Statement.with(index, { ...statement, Condition });
        return [`${statement.Sid}: ${operator} ${key}`, { ...policy, Statement }] as const;
      }),
    ),
  );
}

describe("the generated policies, evaluated by a library and not by AWS", function () {
  this.timeout(300_000);

  for (const { title, allowed, attempt } of TABLE) {
    it(`${allowed ? "allow" : "refuse"}: ${title}`, async () => {
      assert.equal(await isAllowed(attempt(ours)), allowed);
    });
  }

  for (const [which, key] of weakened(ours.key)) {
    it(`would be seen to be weaker without ${which} of the key`, () => {
      assert.notDeepEqual(wrongRows({ ...ours, key }), []);
    });
  }

  for (const [which, mm] of weakened(ours.mm)) {
    it(`would be seen to be weaker without ${which} of the bot`, () => {
      assert.notDeepEqual(wrongRows({ ...ours, mm }), []);
    });
  }
});

describe("a name that IAM would read as a pattern", function () {
  this.timeout(60_000);

  it("gives a bot the one document that is called so", async () => {
    const reads = documentReads("s3://desk-keys/bots/*?region=eu-west-1", KEY);
    const identity = botPolicy({ owner: "desk", bot: "mm-1", key: KEY, reads });
    const may = (name: string) =>
      isAllowed({ who: "mm-1", action: "s3:GetObject", identity, resource: `arn:aws:s3:::desk-keys/bots/${name}` });
    assert.equal(await may("arb-1.json"), false);
  });

  it("is written out wherever a policy holds a name", () => {
    assert.equal(literal("a*?$b"), `a${["*", "?", "$"].map((one) => `\${${one}}`).join("")}b`);
    const roles = { owner: "de*k", administrators: [], sealers: [], openers: [role("*")] };
    const texts = [keyPolicy(roles), botPolicy({ owner: "de*k", bot: "?", key: KEY, reads: [] })].map((policy) =>
      JSON.stringify(policy.Statement.map(({ Condition }) => Condition)),
    );
    for (const text of texts) assert.doesNotMatch(text, /(?<!\{)[*?]/);
  });

  it("is no path of a role", () => {
    for (const path of ["*/", "a?b/", "$/", "desk/*/"]) {
      assert.equal(parseIamArn(`arn:aws:iam::123456789012:role/${path}mm-1`), undefined, path);
    }
    assert.equal(parseIamArn("arn:aws:iam::123456789012:role/desk/bots/mm-1")?.name, "mm-1");
  });
});

/** The table's library needs these keys renamed (`simulate.ts`), so nothing above would see one that is misspelt alike everywhere. */
describe("the generated policies, to the letter", () => {
  const conditions = (policy: PolicyDocument): object =>
    Object.fromEntries(policy.Statement.map(({ Sid, Condition }) => [Sid, Condition ?? {}]));

  it("name the encryption context of the key's users as AWS spells it", () => {
    const owner = { "kms:EncryptionContext:owner": "desk" };
    assert.deepEqual(conditions(ours.key), {
      Administrate: {},
      Seal: {
        StringEquals: owner,
        Null: {
          "kms:EncryptionContext:account": "false",
          "kms:EncryptionContext:bot": "false",
          "kms:EncryptionContext:exchange": "false",
          "kms:EncryptionContext:name": "false",
          "kms:EncryptionContext:serial": "false",
          "kms:EncryptionContext:subAccount": "false",
        },
        "ForAllValues:StringEquals": {
          "kms:EncryptionContextKeys": ["account", "bot", "exchange", "name", "serial", "subAccount", "owner", "part"],
        },
      },
      OpenManagingPassphrases: { StringEquals: { ...owner, "kms:EncryptionContext:part": "passphrase" } },
      OpenByOwnPolicy: {
        StringEquals: owner,
        ArnEquals: { "aws:PrincipalArn": [role("mm-1"), role("arb-1")] },
        Null: { "kms:EncryptionContext:part": "true" },
      },
    });
  });

  it("name the encryption context of a bot as AWS spells it", () => {
    assert.deepEqual(conditions(ours.mm), {
      OpenOwnKeys: {
        StringEquals: { "kms:EncryptionContext:owner": "desk", "kms:EncryptionContext:bot": "mm-1" },
        Null: { "kms:EncryptionContext:part": "true" },
      },
      ReadOwnDocuments1: {},
      ReadOwnDocuments2: {},
    });
  });
});
