import { RunError } from "@pulumi/pulumi";
import type { Descriptor } from "../exchanges/descriptor";

/** What the constructor knows of a key before the engine does. */
export interface DeclaredKey {
  readonly environment: string;
  readonly exchange: string;
  readonly account: string;
  readonly subAccount: string;
  readonly name: string;
}

/** A key may have this many versions alive at once: current, previous and one pending. */
const VERSIONS_PER_KEY = 3;

/** All keys of one program run: two with one identity, or more than a sub-account can hold, are refused before anything is asked for. */
export class DeclaredKeys {
  private readonly byIdentity = new Map<string, string>();
  private readonly bySubAccount = new Map<string, number>();

  /**
   * @param resourceName name of the Pulumi resource, for the message
   * @throws RunError when the key cannot stand beside those declared before
   */
  add(key: DeclaredKey, resourceName: string, descriptor: Descriptor | undefined): void {
    const subAccount = [key.environment, key.exchange, key.account, key.subAccount].join("/");
    const identity = `${subAccount}/${key.name}`;
    const other = this.byIdentity.get(identity);
    if (other !== undefined) {
      throw new RunError(
        `ApiKey "${resourceName}" declares the same key as "${other}" (${identity}): give each a name of its own`,
      );
    }
    const keys = (this.bySubAccount.get(subAccount) ?? 0) + 1;
    const quota = descriptor?.limits.keysPerSubAccount.value;
    if (quota !== undefined && keys * VERSIONS_PER_KEY > quota) {
      const most = Math.floor(quota / VERSIONS_PER_KEY);
      throw new RunError(
        `ApiKey "${resourceName}" is key ${keys} of sub-account ${subAccount}: ${descriptor?.title} takes ${quota} keys there, and ` +
          `each rotating key needs ${VERSIONS_PER_KEY} for a while, so at most ${most}. Use another sub-account`,
      );
    }
    this.byIdentity.set(identity, resourceName);
    this.bySubAccount.set(subAccount, keys);
  }
}
