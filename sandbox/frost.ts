import { ControlRefusal } from "./refusals";

/** Freezes one of the accounts, or lets it go again. @throws ControlRefusal */
export function setFrozen<A extends { readonly frozen?: boolean }>(accounts: Map<string, A>, id: string, frozen: boolean): void {
  const account = accounts.get(id);
  if (account === undefined) throw new ControlRefusal(404, "there is no such sub-account");
  accounts.set(id, { ...account, frozen });
}
