import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeLine, NO_LINE } from "../../providers/src/journal/record";
import { type StartedSandbox, startSandbox } from "../../sandbox/start";
import { assertHarmless, ESCAPED, HOSTILE } from "../hostile";
import { runMain } from "./process";

describe("exchange-keys shows the text of others escaped:", function () {
  // Each run is a process that loads TypeScript.
  this.timeout(60_000);
  let folder: string;
  let sandbox: StartedSandbox;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "exchange-keys-hostile-"));
    sandbox = await startSandbox({ dir: join(folder, "sandbox") });
  });
  after(async () => {
    await sandbox.stop();
    await rm(folder, { recursive: true });
  });

  it("what an exchange tells of a key that is adopted", async () => {
    await sandbox.control.editParent("bybit", { permissions: { Wallet: ["AccountTransfer"], Odd: [HOSTILE] } });
    const parent = (field: string) => readFile(join(folder, "sandbox", "parents", `bybit.${field}`), "utf8");
    const words = "adopt --environment=sandbox --owner=desk --exchange=bybit --account=main --name=treasury --bot=treasury-1";
    const places = [`--seal=local://${folder}/k`, `--publish=file://${folder}/d.json`, `--journal=${folder}/journal`];
    const stdin = `${await parent("apiKey")}\n${await parent("secret")}\n`;
    const variables = { EXCHANGE_KEYS_SANDBOX: join(folder, "sandbox", "sandbox.json") };
    const args = [...words.split(" "), "--scopes=read,transfer", "--ip=127.0.0.1", ...places];
    const { code, out, err } = await runMain(args, { stdin, variables });
    assert.deepEqual([code, out], [1, ""]);
    assert.match(err, /otherPermissions \+Odd:/);
    assert.match(err, ESCAPED);
    assertHarmless(err);
    // Told by its own name, as an exchange has it, the permission is the same one.
    const declared = await runMain([...args, `--other-permission=Odd:${HOSTILE}`], { stdin, variables });
    assert.equal(declared.code, 0, declared.err);
  });

  it("what a person or a script declares", async () => {
    const { code, err } = await runMain(["exchanges", `--odd${HOSTILE}`]);
    assert.equal(code, 2);
    assert.match(err, ESCAPED);
    assertHarmless(err);
  });

  it("the journal's acts and the names of its files", async () => {
    const journal = join(folder, "odd-journal");
    await mkdir(journal);
    const placed = { seq: 0, time: "2026-11-22T10:00:00.000Z" };
    const start = makeLine(
      { ...placed, kind: "start", format: "exchange-keys/journal/2", run: "aaaa", actor: "ann", environment: "sandbox" },
      NO_LINE,
    );
    const subject = { exchange: "here", account: "main", subAccount: HOSTILE, name: `a\n${HOSTILE}`, key: HOSTILE };
    const intent = makeLine({ ...placed, seq: 1, kind: "intent", act: "issue", ...subject }, start.hash);
    await writeFile(join(journal, `2026${HOSTILE}\n-0.jsonl`), `${start.line}\n${intent.line}\n{"tor`);
    await writeFile(join(journal, `2027${HOSTILE}-0.jsonl`), "changed\n");
    const { code, out, err } = await runMain(["journal", journal]);
    assert.equal(code, 1, err);
    assertHarmless(out + err);
    const lines = out.split("\n").filter((line) => ESCAPED.test(line));
    const kinds = [/line 1: is not what was written/, /its last line was cut off/, /issue {2}here\//];
    for (const kind of kinds)
      assert.ok(
        lines.some((line) => kind.test(line)),
        out,
      );
    const json = await runMain(["journal", journal, "--json"]);
    assertHarmless(json.out);
    assert.equal(JSON.parse(json.out).unfinished[0].subAccount, HOSTILE);
  });
});
