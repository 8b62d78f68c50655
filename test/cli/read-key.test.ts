import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { PassThrough } from "node:stream";
import { inspect } from "node:util";
import type { KeyInput } from "../../providers/src/cli/lines";
import { KeyReader, type Question } from "../../providers/src/cli/read-key";
import { isKind } from "../../providers/src/core/errors";

const ID: Question = { field: "apiKey", title: "public id", shown: true };
const SECRET: Question = { field: "secret", title: "secret", shown: false };
const PHRASE: Question = { field: "passphrase", title: "passphrase", shown: false };

const PEM = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "sec1", format: "pem" }).toString();

/** What was read of `text`, and what was shown meanwhile. @param tty what a terminal is, as far as a reader can tell; `early`: typed before it asks */
async function read(text: string, questions: readonly Question[], tty: boolean | "early" = false) {
  const stream = new PassThrough();
  const input: KeyInput = tty !== false ? Object.assign(stream, { isTTY: true, setRawMode: () => stream }) : stream;
  let shown = "";
  let given = tty !== true;
  if (given) stream.end(text);
  const show = (said: string): void => {
    shown += said;
    if (given) return;
    given = true;
    stream.end(text);
  };
  const terminal = { out: () => assert.fail("standard output is for results"), err: show, echo: show };
  const reader = new KeyReader(input, terminal);
  const answers = await reader.read(questions).finally(() => reader.close());
  return { shown, values: questions.map(({ field }) => answers.get(field)?.reveal()) };
}

async function refused(text: string, reason: RegExp): Promise<void> {
  await assert.rejects(read(text, [SECRET]), (error) => {
    assert.ok(isKind(error, "InvalidInput"));
    assert.match(error.message, reason);
    assert.ok(text.trim().length < 6 || !inspect(error, { depth: 9, showHidden: true }).includes(text.trim().slice(0, 12)));
    return true;
  });
}

describe("reading a key", () => {
  it("takes one answer from each line of a pipe, and says nothing", async () => {
    const { shown, values } = await read("pub1\nsecret1\r\nphrase1", [ID, SECRET, PHRASE]);
    assert.deepEqual(values, ["pub1", "secret1", "phrase1"]);
    assert.equal(shown, "");
  });

  it("asks on a terminal, and shows what is no secret only", async () => {
    const { shown, values } = await read("pub1\rsecret1\rphrase1\r", [ID, SECRET, PHRASE], true);
    assert.deepEqual(values, ["pub1", "secret1", "phrase1"]);
    assert.match(shown, /public id: .*pub1/);
    assert.match(shown, /secret \(not shown\): \n.*passphrase \(not shown\): \n/s);
    assert.doesNotMatch(shown, /secret1|phrase1/);
  });

  it("takes a private key with all its lines, whichever way its line breaks are written", async () => {
    assert.deepEqual((await read(PEM, [SECRET])).values, [PEM]);
    assert.deepEqual((await read(`${PEM}phrase1\n`, [SECRET, PHRASE])).values, [PEM, "phrase1"]);
    assert.deepEqual((await read(PEM.replaceAll("\n", "\\n"), [SECRET])).values, [PEM]);
    const typed = await read(PEM.replaceAll("\n", "\r"), [SECRET], true);
    assert.deepEqual(typed.values, [PEM]);
    assert.doesNotMatch(typed.shown, /BEGIN|END/);
  });

  const cases: readonly (readonly [what: string, text: string, reason: RegExp])[] = [
    ["nothing", "", /the input ended before the secret was read/],
    ["an empty line", "\n", /the secret is empty/],
    ["white space", "two words that are no secret\n", /the secret holds white space/],
    ["a space at the end", "secret-with-a-space \n", /the secret holds white space/],
    ["more than was asked for", "secret-number-one\nsecret-number-two\n", /more was given than was asked for/],
    [
      "a PEM that is none",
      "-----BEGIN EC PRIVATE KEY-----\nbm9uc2Vuc2U=\n-----END EC PRIVATE KEY-----\n",
      /not a private key in PEM/,
    ],
    ["a PEM without an end", PEM.split("\n").slice(0, 2).join("\n"), /the input ended before/],
    ["a key that was pressed by mistake", "secret-with-\u001b[D-an-arrow\n", /holds a character that nobody can see/],
    ["what no eye sees", "secret-with-\u200b-a-gap\n", /holds a character that nobody can see/],
    ["a novel", "x".repeat(5000), /too long/],
  ];
  for (const [what, text, reason] of cases) it(`refuses ${what} without quoting it`, () => refused(text, reason));

  it("lets a person correct what was typed", async () => {
    const { shown, values } = await read("puc\u007fb1\rwrong\u0015secret12\u007f\r", [ID, SECRET], true);
    assert.deepEqual(values, ["pub1", "secret1"]);
    assert.equal(shown, "public id: puc\b \bb1\nsecret (not shown): \n");
  });

  it("shows nothing of an answer that was begun before its question", async () => {
    const { shown, values } = await read("pub1\rsecret1\r", [ID, SECRET], "early");
    assert.deepEqual(values, ["pub1", "secret1"]);
    assert.equal(shown, "public id (not shown): \nsecret (not shown): \n");
  });

  it("stops when the person does", async () => {
    await assert.rejects(read("half\u0003", [SECRET], true), /the input ended before the secret was read/);
  });
});
