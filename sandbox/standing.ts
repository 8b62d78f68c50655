/** How an exchange treats a key: as it should, or not at all, because somebody disabled it, or because it came to its end before its time. */
export const STANDINGS = ["good", "disabled", "ended"] as const;
export type Standing = (typeof STANDINGS)[number];
