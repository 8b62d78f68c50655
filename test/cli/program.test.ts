import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { runProgram } from "../../providers/src/cli/program";
import { KeyError } from "../../providers/src/core/errors";
import { root } from "../../scripts/setup/paths";
import { run } from "./terminal";

const MAIN = join(root, "providers/src/cli/main.ts");
const node = (...args: readonly string[]) => ["--import", "tsx", MAIN, ...args];

describe("exchange-keys", () => {
  it("ends with 0 when it was asked for help or its version", async () => {
    const help = await run(["--help"]);
    assert.equal(help.code, 0);
    assert.match(help.out, /exchanges \[options\] \[exchange\]/);
    assert.match(help.out, /Exit codes:\n {2}0 .*\n {2}1 .*\n {2}2 /);
    assert.deepEqual(await run(["--version"]), { code: 0, out: "0.1.0\n", err: "" });
  });

  const wrong: readonly (readonly string[])[] = [
    [],
    ["nothing"],
    ["exchanges", "nowhere"],
    ["exchanges", "--yaml"],
    ["exchanges", "--json", "one", "two"],
  ];
  for (const args of wrong) {
    it(`ends with 2 and says so on standard error: "${args.join(" ")}"`, async () => {
      const { code, out, err } = await run(args);
      assert.deepEqual([code, out], [2, ""]);
      assert.match(err, args.length === 0 ? /Usage: / : /^error: [\s\S]*Try --help\./);
    });
  }

  const broken: readonly (readonly [thrown: unknown, said: string])[] = [
    [
      new KeyError({ kind: "SealFailed", message: "the key file is not there" }),
      "error: SealFailed: the key file is not there.\n",
    ],
    [new TypeError("text that may quote a secret"), "error: unexpected TypeError\n"],
  ];
  for (const [thrown, said] of broken) {
    it(`ends with 1 when it fails: ${said.trim()}`, async () => {
      const err: string[] = [];
      const out = (): void => {
        throw thrown;
      };
      const code = await runProgram(["exchanges"], { out, err: (text) => err.push(text), echo: out });
      assert.deepEqual([code, err], [1, [said]]);
    });
  }

  it("is a program that scripts can ask", async () => {
    const child = execFile(process.execPath, node("exchanges", "nowhere"), { cwd: root });
    const [code] = await once(child, "exit");
    assert.equal(code, 2);
  }).timeout(30_000);

  it("does not mind that nobody reads to the end", async () => {
    const child = spawn(process.execPath, node("exchanges", "--json"), { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    child.stdout.destroy();
    assert.deepEqual([...(await once(child, "close")), said], [0, null, ""]);
  }).timeout(30_000);
});
