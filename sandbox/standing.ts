/** How an exchange treats a key: as it should, or not at all, because somebody disabled it, or because it came to its end before its time. */
export const STANDINGS = ["good", "disabled", "ended"] as const;
export type Standing = (typeof STANDINGS)[number];

/** What becomes of a sub-account's key that ends before its time: it stays listed, it is deleted, or no key ends so there. */
export type EarlyEnd = "listed" | "deleted" | "none";

interface Standings {
  remove(apiKey: string): void;
  setStanding(apiKey: string, standing: Standing): void;
}

/** @returns false when nothing was done. The parent's key is never deleted, so that it can be put back. */
export function setStanding(
  keys: Standings,
  { apiKey, subAccount }: { readonly apiKey: string; readonly subAccount: string | undefined },
  { standing, earlyEnd }: { readonly standing: Standing; readonly earlyEnd: EarlyEnd },
): boolean {
  const early = subAccount !== undefined && standing === "ended";
  if (early && earlyEnd === "none") return false;
  if (early && earlyEnd === "deleted") keys.remove(apiKey);
  else keys.setStanding(apiKey, standing);
  return true;
}
