import { inspect } from "node:util";

/** Name of a way to write a text down, and the text written so. */
type Spelling = readonly [name: string, text: string];

/** All the ways in which programs write a text down. */
export function spellingsOf(value: string): readonly string[] {
  return [...namedSpellings(value).keys()];
}

/** Text → name of the spelling. What two spellings have in common is there once, under the plainer name. */
export function namedSpellings(value: string): ReadonlyMap<string, string> {
  const bytes = Buffer.from(value);
  const all: readonly Spelling[] = [
    ["raw", value],
    ...quoted(value),
    ...percentEncoded(value),
    ...inHex(bytes),
    ...listed(bytes),
    ...[0, 1, 2].flatMap((offset) => base64(bytes, offset)),
  ];
  return new Map([...all].reverse().map(([spelling, text]) => [text, spelling]));
}

/** As JSON writers and printers put a text between quotes. */
function quoted(value: string): readonly Spelling[] {
  const [json, go] = [asJson(value), asGoJson(value)];
  const units = Array.from({ length: value.length }, (_, at) => value.charCodeAt(at).toString(16).padStart(4, "0"));
  return [
    ["json", json],
    ["json of Go", go],
    ["json in json", asJson(json)],
    ["json in json of Go", asGoJson(json)],
    ["json of Go in json", asJson(go)],
    ["json unicode", units.map((unit) => `\\u${unit}`).join("")],
    ["json unicode, upper case", units.map((unit) => `\\u${unit.toUpperCase()}`).join("")],
    ["inspected", inspect(value, { breakLength: Number.POSITIVE_INFINITY }).slice(1, -1)],
  ];
}

function asJson(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

/** Go's encoder writes for HTML, if it is not told otherwise. */
function asGoJson(value: string): string {
  return asJson(value).replace(/[&<>]/g, (mark) => `\\u00${mark.charCodeAt(0).toString(16)}`);
}

/** What a program that percent-encodes leaves as it is, beside letters and digits, and whether it writes a space as `+`. */
interface Encoder {
  readonly kept: string;
  readonly plus: boolean;
}

const ENCODERS: Readonly<Record<string, Encoder>> = {
  percent: { kept: "-_.!~*'()", plus: false },
  "percent, form": { kept: "*-._", plus: true },
  "percent, form of Go": { kept: "-_.~", plus: true },
  "percent, RFC 3986": { kept: "-_.~", plus: false },
  "percent, whole URL": { kept: "-_.!~*'();/?:@&=+$,#", plus: false },
  "percent, path of Go": { kept: "-_.~$&+:=@", plus: false },
};

function percent(value: string, { kept, plus }: Encoder): string {
  const one = (byte: number): string => {
    const mark = String.fromCharCode(byte);
    if (/[A-Za-z0-9]/.test(mark) || kept.includes(mark)) return mark;
    return plus && mark === " " ? "+" : `%${hexOf(byte)}`;
  };
  return [...Buffer.from(value)].map(one).join("");
}

/** Lower-case digits are as good as upper-case ones. */
function percentEncoded(value: string): readonly Spelling[] {
  const every = [...Buffer.from(value)].map((byte) => `%${hexOf(byte)}`).join("");
  const encoded = Object.entries(ENCODERS).map(([name, encoder]): Spelling => [name, percent(value, encoder)]);
  return [...encoded, ["percent, every byte", every] as const].flatMap(([name, text]): readonly Spelling[] => [
    [name, text],
    [`${name}, lower case`, text.replace(/%../g, (code) => code.toLowerCase())],
  ]);
}

function hexOf(byte: number): string {
  return byte.toString(16).padStart(2, "0").toUpperCase();
}

/** Node shows no more bytes of a buffer. */
const INSPECTED_BYTES = 50;

function inHex(bytes: Buffer): readonly Spelling[] {
  const hex = bytes.toString("hex");
  return [
    ["hex", hex],
    ["hex, upper case", hex.toUpperCase()],
    ["hex of a buffer", (bytes.subarray(0, INSPECTED_BYTES).toString("hex").match(/../g) ?? []).join(" ")],
  ];
}

/** As numbers: of a Buffer in JSON, of bytes printed by Node, and by Go. */
function listed(bytes: Buffer): readonly Spelling[] {
  return [
    ["bytes", bytes.join(",")],
    ["bytes, with spaces", bytes.join(", ")],
    ["bytes of Go", bytes.join(" ")],
  ];
}

/** The characters that depend on `bytes` alone when `offset` other bytes stand before them in a group of three. */
function base64(bytes: Buffer, offset: number): readonly Spelling[] {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const [from, to] = [Math.ceil((offset * 8) / 6), Math.floor((padded.length * 8) / 6)];
  return [
    [`base64, offset ${offset}`, padded.toString("base64").slice(from, to)],
    [`base64url, offset ${offset}`, padded.toString("base64url").slice(from, to)],
  ];
}
