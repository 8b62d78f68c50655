/** A resource of the package, and the handler that its state requires. Both names are permanent. */
export interface Door {
  readonly resource: string;
  readonly handler: string;
}

/** Every resource there is. A new one gets a line here; none is ever taken away or renamed. */
export const DOORS: readonly Door[] = [
  { resource: "AdoptedApiKey", handler: "adopted-api-key" },
  { resource: "ApiKey", handler: "api-key" },
  { resource: "SubAccount", handler: "sub-account" },
];

/** What a state holds of a handler: the path of its module. */
export function requestOf({ handler }: Door): string {
  return `pulumi-exchange-keys/handlers/${handler}`;
}
