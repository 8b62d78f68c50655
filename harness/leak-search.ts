import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** A text that must be nowhere, and what may be said about it. */
export interface Hidden {
  /** Such as "secret of bybit". */
  readonly kind: string;
  readonly value: string;
}

/** A place where one was found. Never the text itself. */
export interface Leak {
  readonly file: string;
  readonly spelling: string;
  readonly kind: string;
}

/** A shorter text would be found by chance. */
const SHORTEST = 8;

/**
 * Every file under `places` that holds one of `hidden`, in any of the spellings in which programs pass texts on.
 * @param places files and folders; every one must exist
 */
export async function findLeaks(places: readonly string[], hidden: readonly Hidden[]): Promise<readonly Leak[]> {
  const short = hidden.find(({ value }) => value.length < SHORTEST);
  if (short !== undefined) throw new Error(`the ${short.kind} is too short to be searched for`);
  const patterns = hidden.flatMap(({ kind, value }) =>
    [...spellings(value)].map(([text, spelling]) => ({ kind, text, spelling })),
  );
  const leaks: Leak[] = [];
  for (const file of (await Promise.all(places.map(filesUnder))).flat()) {
    const content = await readFile(file);
    const found = patterns.filter(({ text }) => content.includes(text));
    leaks.push(...found.map(({ kind, spelling }) => ({ file, spelling, kind })));
  }
  return leaks;
}

/** All files under a place, however deep. */
async function filesUnder(place: string): Promise<readonly string[]> {
  if (!(await stat(place)).isDirectory()) return [place];
  const entries = await readdir(place, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** All the ways in which programs write a text down. */
export function spellingsOf(value: string): readonly string[] {
  return [...spellings(value).keys()];
}

/** Text → name of the spelling. What two spellings have in common is looked for once, under the plainer name. */
function spellings(value: string): ReadonlyMap<string, string> {
  const bytes = Buffer.from(value);
  const hex = bytes.toString("hex");
  const escaped = JSON.stringify(value).slice(1, -1);
  const percent = (digits: string): string => digits.replace(/../g, "%$&");
  const all: readonly (readonly [string, string])[] = [
    ["raw", value],
    ["json", escaped],
    ["json in json", JSON.stringify(escaped).slice(1, -1)],
    ["json unicode", Array.from({ length: value.length }, (_, at) => unicode(value.charCodeAt(at))).join("")],
    ["percent", encodeURIComponent(value)],
    ["percent, every byte", percent(hex)],
    ["percent, every byte, upper case", percent(hex.toUpperCase())],
    ["hex", hex],
    ["hex, upper case", hex.toUpperCase()],
    ...[0, 1, 2].flatMap((offset) => base64(bytes, offset)),
  ];
  return new Map([...all].reverse().map(([spelling, text]) => [text, spelling]));
}

/** The characters that depend on `bytes` alone when `offset` other bytes stand before them in a group of three. */
function base64(bytes: Buffer, offset: number): readonly (readonly [string, string])[] {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const [from, to] = [Math.ceil((offset * 8) / 6), Math.floor((padded.length * 8) / 6)];
  const text = padded.toString("base64").slice(from, to);
  const url = padded.toString("base64url").slice(from, to);
  return [
    [`base64, offset ${offset}`, text],
    [`base64url, offset ${offset}`, url],
  ];
}

function unicode(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, "0")}`;
}
