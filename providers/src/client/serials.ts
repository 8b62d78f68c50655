import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { KeyError } from "../core/errors";
import { identityOf } from "../core/inputs";
import type { OpenOptions } from "./open";

type Opening = Pick<OpenOptions, "document" | "expect" | "use" | "minSerial">;

/** Highest serial that this process has opened, by place, identity and use. Kept as long as the process lives. */
const highest = new Map<string, number>();

/** The document's place as a URL. */
export function placeOf({ document }: Opening): string {
  return document.includes("://") ? document : pathToFileURL(resolve(document)).href;
}

/** Only of a version that was opened: what a document merely shows proves nothing. */
export function rememberSerial(opening: Opening, serial: number): void {
  highest.set(nameOf(opening), Math.max(serial, highest.get(nameOf(opening)) ?? 0));
}

/** The lowest serial that may still be used: `minSerial`, or the highest that anything in this process has opened there. */
export function lowestSerial(opening: Opening): number {
  return Math.max(opening.minSerial ?? 0, highest.get(nameOf(opening)) ?? 0);
}

/** @throws KeyError `OlderDocument` */
export function requireSerial({ serial }: { readonly serial: number }, lowest: number): void {
  if (serial < lowest) throw older(`version ${serial} is older than ${lowest}, which was seen before`);
}

export function older(message: string): KeyError {
  const hint = "Somebody put an older document back: publish the latest one again, and find out who did.";
  return new KeyError({ kind: "OlderDocument", message, hint });
}

function nameOf(opening: Opening): string {
  return JSON.stringify([placeOf(opening), identityOf(opening.expect), opening.use ?? "current"]);
}
