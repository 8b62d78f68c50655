import type { AwsSurroundings } from "../aws-api/endpoint";
import { awsCode, commonHint, isAnswer } from "../aws-api/failure";
import { type SecretsManagerApi, secretsManager } from "../aws-api/secret-sessions";
import type { AwsSession } from "../aws-api/session";
import { KeyError } from "../core/errors";
import type { DeliveredKey, Delivery, DeliveryOrder } from "./delivery";
import { parseDeliveryReference } from "./references";
import { CURRENT, holderOf, obstacle, PREVIOUS, type Shown, serialIn, versionId } from "./stages";

/** Marks a secret that was made here, with the owner hash of its key. */
const TAG = "exchange-keys:made-for";
/** Carries the highest serial there was when the key was destroyed. */
const ENDED_TAG = "exchange-keys:ended";
/** The shortest that Secrets Manager allows. */
const RECOVERY_DAYS = 7;

const DENIED = "Allow {permission} on it for this caller, and the use of the KMS key that encrypts it.";

/** What to do, by the name that AWS gives the error. `{permission}` is filled in. */
const HINTS: Readonly<Record<string, string>> = {
  AccessDeniedException: DENIED,
  EncryptionFailure: DENIED,
  InvalidRequestException: "The secret is scheduled for deletion: restore it, or deliver to another name.",
  ResourceExistsException: "A version of that id holds something else: find out who wrote it.",
};

/** @throws KeyError `InvalidInput` for a malformed URL, `EnvironmentRefused` for an endpoint that the environment does not allow */
export function openDelivery(url: string, surroundings: AwsSurroundings): Delivery {
  const { reference, problems } = parseDeliveryReference(url);
  if (reference === undefined) throw new KeyError({ kind: "InvalidInput", message: `the delivery URL ${problems.join("; ")}` });
  const { secretId, region } = reference;
  const ask = secretsManager.at({ ...surroundings, service: "SECRETS_MANAGER", ...(region === undefined ? {} : { region }) });
  return new SecretDelivery(url, secretId, ask);
}

interface Seen extends Shown {
  readonly madeFor: string | undefined;
  /** Scheduled for deletion. */
  readonly ending: boolean;
}

class SecretDelivery implements Delivery {
  constructor(
    private readonly url: string,
    private readonly SecretId: string,
    private readonly session: AwsSession<SecretsManagerApi>,
  ) {}

  async deliver(order: DeliveryOrder): Promise<void> {
    const { hash, current } = order;
    const seen = await this.look();
    if (seen?.ending === true && seen.madeFor === hash) await this.restore();
    const why = seen === undefined ? undefined : obstacle(seen, hash, current.serial);
    if (why !== undefined) throw this.conflict(why);
    const id = versionId(hash, current);
    if (seen === undefined) await this.make(order, id);
    else if (seen.stages[id] === undefined) await this.put(order, id);
    else if (!seen.stages[id].includes(CURRENT)) await this.move(CURRENT, { to: id, from: holderOf(seen.stages, CURRENT) });
    await this.arrange(order);
  }

  async end(hash: string): Promise<"gone" | "scheduled" | "kept"> {
    const seen = await this.look();
    if (seen === undefined || seen.ending) return "gone";
    if (seen.madeFor === hash) {
      await this.markEnded(seen, hash);
      await this.ask("secretsmanager:DeleteSecret", async ({ sdk, client }, abortSignal) =>
        client.send(new sdk.DeleteSecretCommand({ SecretId: this.SecretId, RecoveryWindowInDays: RECOVERY_DAYS }), {
          abortSignal,
        }),
      );
      return "scheduled";
    }
    const previous = holderOf(seen.stages, PREVIOUS);
    if (previous !== undefined && serialIn(previous, hash) !== undefined) await this.move(PREVIOUS, { from: previous });
    return "kept";
  }

  /** Before it is scheduled for deletion, so that no crash leaves one that looks as if it were still in use. */
  private async markEnded({ stages }: Seen, hash: string): Promise<void> {
    const serial = serialIn(holderOf(stages, CURRENT) ?? "", hash);
    if (serial === undefined) return;
    const Tags = [{ Key: ENDED_TAG, Value: String(serial) }];
    await this.ask("secretsmanager:TagResource", async ({ sdk, client }, abortSignal) =>
      client.send(new sdk.TagResourceCommand({ SecretId: this.SecretId, Tags }), { abortSignal }),
    );
  }

  /** The stage of the previous version is where the order says, or nowhere: a retired version carries none. */
  private async arrange({ hash, previous }: DeliveryOrder): Promise<void> {
    const stages = (await this.look())?.stages ?? {};
    const shown = holderOf(stages, PREVIOUS);
    const wanted = previous === undefined ? undefined : versionId(hash, previous);
    if (shown === wanted) return;
    if (wanted !== undefined && stages[wanted] !== undefined) return await this.move(PREVIOUS, { to: wanted, from: shown });
    if (shown !== undefined && serialIn(shown, hash) !== undefined) await this.move(PREVIOUS, { from: shown });
  }

  private async look(): Promise<Seen | undefined> {
    return await this.ask("secretsmanager:DescribeSecret", async ({ sdk, client }, abortSignal) => {
      const asked = client.send(new sdk.DescribeSecretCommand({ SecretId: this.SecretId }), { abortSignal });
      const answer = await asked.catch(missing);
      if (answer === undefined) return undefined;
      const tags = new Map(answer.Tags?.map(({ Key, Value }) => [Key, Value]));
      const ended = tags.get(ENDED_TAG);
      return {
        stages: answer.VersionIdsToStages ?? {},
        ended: ended === undefined ? undefined : Number(ended),
        madeFor: tags.get(TAG),
        ending: answer.DeletedDate !== undefined,
      };
    });
  }

  private async make(order: DeliveryOrder, ClientRequestToken: string): Promise<void> {
    if (this.SecretId.startsWith("arn:")) throw this.conflict("is not there, and a secret cannot be made by its ARN");
    const SecretString = textOf(await order.open());
    const Tags = [{ Key: TAG, Value: order.hash }];
    const Description = "Opened exchange key, delivered by pulumi-exchange-keys";
    const input = { Name: this.SecretId, ClientRequestToken, SecretString, Tags, Description };
    await this.ask("secretsmanager:CreateSecret", async ({ sdk, client }, abortSignal) =>
      client.send(new sdk.CreateSecretCommand(input), { abortSignal }),
    );
  }

  private async put(order: DeliveryOrder, ClientRequestToken: string): Promise<void> {
    const SecretString = textOf(await order.open());
    const input = { SecretId: this.SecretId, ClientRequestToken, SecretString, VersionStages: [CURRENT] };
    await this.ask("secretsmanager:PutSecretValue", async ({ sdk, client }, abortSignal) =>
      client.send(new sdk.PutSecretValueCommand(input), { abortSignal }),
    );
  }

  private async move(VersionStage: string, { to, from }: { to?: string; from: string | undefined }): Promise<void> {
    const input = {
      SecretId: this.SecretId,
      VersionStage,
      ...(to === undefined ? {} : { MoveToVersionId: to }),
      ...(from === undefined ? {} : { RemoveFromVersionId: from }),
    };
    await this.ask("secretsmanager:UpdateSecretVersionStage", async ({ sdk, client }, abortSignal) =>
      client.send(new sdk.UpdateSecretVersionStageCommand(input), { abortSignal }),
    );
  }

  private async restore(): Promise<void> {
    await this.ask("secretsmanager:RestoreSecret", async ({ sdk, client }, abortSignal) =>
      client.send(new sdk.RestoreSecretCommand({ SecretId: this.SecretId }), { abortSignal }),
    );
  }

  private conflict(why: string): KeyError {
    const hint = "Deliver to a secret of its own: one that is made here, or one without a value.";
    return new KeyError({ kind: "Conflict", message: `the secret ${this.url} ${why}`, hint });
  }

  private async ask<T>(permission: string, work: (api: SecretsManagerApi, signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await this.session(work);
    } catch (error) {
      if (error instanceof KeyError) throw error;
      const code = awsCode(error);
      const hint = (HINTS[code] ?? commonHint(code)).replaceAll("{permission}", permission);
      const how = isAnswer(error) ? "AWS refuses" : "AWS could not be asked";
      throw new KeyError({ kind: "DeliveryFailed", message: `the key cannot be delivered to ${this.url}: ${how}`, code, hint });
    }
  }
}

/** ccxt takes it as it is. The same text for the same key, so that delivering it again changes nothing. */
function textOf({ apiKey, secret, passphrase }: DeliveredKey): string {
  const password = passphrase === undefined ? {} : { password: passphrase.reveal() };
  return JSON.stringify({ apiKey, secret: secret.reveal(), ...password });
}

function missing(error: unknown): undefined {
  if (!(error instanceof Error) || error.name !== "ResourceNotFoundException") throw error;
}
