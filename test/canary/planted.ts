/** A text that every spelling writes differently. */
export const PLANTED = 'p"la\\nt+ed/ö? 0123456789abcdef~>>>???';

const bytes = Buffer.from(PLANTED);
const after = (noise: string): Buffer => Buffer.from(`${noise}${PLANTED}after`);
const hex = (byte: number): string => byte.toString(16).padStart(2, "0");
const units = Array.from({ length: PLANTED.length }, (_, at) => PLANTED.charCodeAt(at));

/** Spelling → content in which the text is written so, beside other text. */
export const PLANTS: Readonly<Record<string, string>> = {
  raw: `before ${PLANTED} after`,
  json: JSON.stringify({ value: `before ${PLANTED} after` }),
  "json in json": JSON.stringify(JSON.stringify({ value: PLANTED })),
  "json unicode": `"${units.map((unit) => `\\u00${hex(unit)}`).join("")}"`,
  percent: `https://a.example/?value=${encodeURIComponent(`before ${PLANTED} after`)}`,
  "percent, every byte": [...bytes].map((byte) => `%${hex(byte)}`).join(""),
  "percent, every byte, upper case": [...bytes].map((byte) => `%${hex(byte).toUpperCase()}`).join(""),
  hex: `00${[...bytes].map(hex).join("")}ff`,
  "hex, upper case": [...bytes].map(hex).join("").toUpperCase(),
  "base64, offset 0": after("").toString("base64"),
  "base64, offset 1": after("x").toString("base64"),
  "base64, offset 2": after("xy").toString("base64"),
  "base64url, offset 0": after("").toString("base64url"),
  "base64url, offset 1": after("x").toString("base64url"),
  "base64url, offset 2": after("xy").toString("base64url"),
};
