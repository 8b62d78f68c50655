import { inspect } from "node:util";

/** A text that every spelling writes differently, longer than Node shows of a buffer. */
export const PLANTED = `p"la\\n't+e-d_/ö? &<!(0)*:,#~ 0123456789abcdef~>>>???`;

const bytes = Buffer.from(PLANTED);
const after = (noise: string): Buffer => Buffer.from(`${noise}${PLANTED}after`);
const hex = (byte: number): string => byte.toString(16).padStart(2, "0");
const units = Array.from({ length: PLANTED.length }, (_, at) => PLANTED.charCodeAt(at));

/** Encoded by the program itself, those of Go and Python (RFC 3986) too. */
const PERCENT: Readonly<Record<string, string>> = {
  percent: encodeURIComponent(PLANTED),
  "percent, form": new URLSearchParams({ value: PLANTED }).toString(),
  "percent, form of Go": "p%22la%5Cn%27t%2Be-d_%2F%C3%B6%3F+%26%3C%21%280%29%2A%3A%2C%23~+0123456789abcdef~%3E%3E%3E%3F%3F%3F",
  "percent, RFC 3986": "p%22la%5Cn%27t%2Be-d_%2F%C3%B6%3F%20%26%3C%21%280%29%2A%3A%2C%23~%200123456789abcdef~%3E%3E%3E%3F%3F%3F",
  "percent, whole URL": encodeURI(PLANTED),
  "percent, path of Go": "p%22la%5Cn%27t+e-d_%2F%C3%B6%3F%20&%3C%21%280%29%2A:%2C%23~%200123456789abcdef~%3E%3E%3E%3F%3F%3F",
  "percent, every byte": [...bytes].map((byte) => `%${hex(byte).toUpperCase()}`).join(""),
};

const percent = Object.entries(PERCENT).flatMap(([spelling, encoded]) => [
  [spelling, `https://a.example/?value=${encoded}`],
  [`${spelling}, lower case`, encoded.replace(/%../g, (code) => code.toLowerCase())],
]);

/** Printed by Go's `json.Marshal`. */
const JSON_OF_GO = String.raw`"p\"la\\n't+e-d_/ö? \u0026\u003c!(0)*:,#~ 0123456789abcdef~\u003e\u003e\u003e???"`;

/** Spelling → content in which the text is written so, beside other text. */
export const PLANTS: Readonly<Record<string, string>> = {
  raw: `before ${PLANTED} after`,
  json: JSON.stringify({ value: `before ${PLANTED} after` }),
  "json of Go": JSON_OF_GO,
  "json in json": JSON.stringify(JSON.stringify({ value: PLANTED })),
  "json in json of Go": String.raw`"\"p\\\"la\\\\n't+e-d_/ö? \u0026\u003c!(0)*:,#~ 0123456789abcdef~\u003e\u003e\u003e???\""`,
  "json of Go in json": JSON.stringify(JSON_OF_GO),
  "json unicode": `"${units.map((unit) => `\\u00${hex(unit)}`).join("")}"`,
  "json unicode, upper case": `"${units.map((unit) => `\\u00${hex(unit).toUpperCase()}`).join("")}"`,
  inspected: inspect({ value: PLANTED }),
  ...Object.fromEntries(percent),
  hex: `00${[...bytes].map(hex).join("")}ff`,
  "hex, upper case": [...bytes].map(hex).join("").toUpperCase(),
  "hex of a buffer": inspect({ value: bytes }),
  bytes: JSON.stringify({ value: bytes }),
  "bytes, with spaces": `[${bytes.join(", ")}]`,
  "bytes of Go": `[${bytes.join(" ")}]`,
  "base64, offset 0": after("").toString("base64"),
  "base64, offset 1": after("x").toString("base64"),
  "base64, offset 2": after("xy").toString("base64"),
  "base64url, offset 0": after("").toString("base64url"),
  "base64url, offset 1": after("x").toString("base64url"),
  "base64url, offset 2": after("xy").toString("base64url"),
};
