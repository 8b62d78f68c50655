import { type DocumentPlace, isSamePlace, placeOf } from "../core/document-place";
import type { Problem } from "../core/shape";
import type { Descriptor } from "../exchanges/descriptor";

/** Where a key is. */
export interface Tenancy {
  readonly environment: string;
  readonly exchange: string;
  readonly account: string;
  readonly subAccount: string;
  /** True where it claims the whole sub-account. */
  readonly exclusive: boolean;
}

/** What the constructor knows of a key before the engine does. */
export interface DeclaredKey extends Tenancy {
  readonly name: string;
}

/** Where a key's document is published. */
export interface Published {
  readonly publish: string;
}

/** Who is in a sub-account. */
interface Tenant {
  readonly resourceName: string;
  readonly exclusive: boolean;
}

/** A key may have this many versions alive at once: current, previous and one pending. */
const VERSIONS_PER_KEY = 3;

/** All keys of one program run: two with one identity, or more than a sub-account can hold, are refused before anything is asked for. */
export class DeclaredKeys {
  private readonly byIdentity = new Map<string, string>();
  private readonly bySubAccount = new Map<string, number>();
  private readonly tenants = new Map<string, Tenant[]>();
  private readonly places: { readonly place: DocumentPlace; readonly resourceName: string }[] = [];

  /** @param resourceName name of the Pulumi resource, for the message. @returns why the key cannot stand beside those declared before */
  add(key: DeclaredKey, resourceName: string, descriptor: Descriptor | undefined): readonly Problem[] {
    const subAccount = subAccountOf(key);
    const identity = `${subAccount}/${key.name}`;
    const other = this.byIdentity.get(identity);
    if (other !== undefined) {
      return [{ property: "name", reason: `makes it the same key as "${other}" (${identity}): give each a name of its own` }];
    }
    const keys = (this.bySubAccount.get(subAccount) ?? 0) + 1;
    this.byIdentity.set(identity, resourceName);
    this.bySubAccount.set(subAccount, keys);
    return [...roomProblems(keys, subAccount, descriptor), ...this.settle(key, resourceName)];
  }

  /** Enters where a key's document is published, whoever made the key. @returns a problem when another's is published there too */
  publish(url: string, resourceName: string): readonly Problem[] {
    const place = placeOf(url);
    const other = this.places.find((one) => isSamePlace(one.place, place));
    this.places.push({ place, resourceName });
    if (other === undefined) return [];
    const reason = `is where the document of "${other.resourceName}" is published too: give each key a place of its own`;
    return [{ property: "publish", reason }];
  }

  /** Enters a key into its sub-account. One that a person made counts too. @returns a problem for each other that cannot be there with it */
  settle(key: Tenancy, resourceName: string): readonly Problem[] {
    const subAccount = subAccountOf(key);
    const others = this.tenants.get(subAccount) ?? [];
    this.tenants.set(subAccount, [...others, { resourceName, exclusive: key.exclusive }]);
    return others
      .filter((other) => other.exclusive || key.exclusive)
      .map((other) => {
        const [owner, guest] = other.exclusive ? [other.resourceName, resourceName] : [resourceName, other.resourceName];
        const reason = `is declared exclusive by "${owner}", and "${guest}" is in it too (${subAccount}): give each its own`;
        return { property: "subAccount", reason };
      });
  }
}

function subAccountOf({ environment, exchange, account, subAccount }: Tenancy): string {
  return [environment, exchange, account, subAccount].join("/");
}

/** A problem when one sub-account cannot hold this many keys that rotate. */
function roomProblems(keys: number, subAccount: string, descriptor: Descriptor | undefined): readonly Problem[] {
  const quota = descriptor?.limits.keysPerSubAccount.value;
  if (quota === undefined || keys * VERSIONS_PER_KEY <= quota) return [];
  const most = Math.floor(quota / VERSIONS_PER_KEY);
  const reason =
    `${subAccount} would have ${keys} keys: ${descriptor?.title} takes ${quota} there, and each rotating key needs ` +
    `${VERSIONS_PER_KEY} for a while, so at most ${most}. Use another sub-account`;
  return [{ property: "subAccount", reason }];
}
