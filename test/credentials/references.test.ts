import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { isKind, KeyError } from "../../providers/src/core/errors";
import { parseReference, referenceProblem, resolveReference } from "../../providers/src/credentials/reference";

const SECRET = "s3cret-not-real";

const away = (env: NodeJS.ProcessEnv) => ({ environment: "production", env }) as const;

describe("credential references", () => {
  it("are read", () => {
    assert.deepEqual(parseReference("env:BYBIT_KEY"), { kind: "env", name: "BYBIT_KEY" });
    assert.deepEqual(parseReference("file:/run/secrets/a key"), { kind: "file", path: "/run/secrets/a key" });
  });

  for (const text of [
    "",
    SECRET,
    "env:",
    "env:1A",
    "env:A B",
    "env:A\n",
    "file:relative",
    "file:",
    "file:///etc/x",
    "file:/a\0b",
    "ENV:A",
  ]) {
    it(`refuses ${JSON.stringify(text)} without quoting it`, () => {
      assert.throws(
        () => parseReference(text),
        (error) => isKind(error, "InvalidInput") && (text.length < 6 || !error.message.includes(text)),
      );
      assert.match(referenceProblem(text) ?? "", /env:NAME, file:/);
    });
  }

  const IDENTITY = "owner=desk&bot=deployer&exchange=one&account=main&name=parent";

  it("to AWS Secrets Manager and to documents are read", () => {
    const arn = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:desk/parent-AbCdEf";
    assert.deepEqual(parseReference("awssm:desk/parent"), { kind: "awssm", secretId: "desk/parent" });
    assert.deepEqual(parseReference("awssm:desk/parent?region=eu-west-1#secret"), {
      kind: "awssm",
      secretId: "desk/parent",
      region: "eu-west-1",
      jsonKey: "secret",
    });
    assert.deepEqual(parseReference(`awssm:${arn}#secret`), {
      kind: "awssm",
      secretId: arn,
      region: "eu-west-1",
      jsonKey: "secret",
    });
    const url = "ssm:///desk/parent?region=eu-west-1";
    assert.deepEqual(parseReference(`document:${url}#secret&${IDENTITY}&sealedBy=awskms%3A%2F%2Falias%2Fparents`), {
      kind: "document",
      url,
      field: "secret",
      expect: { owner: "desk", bot: "deployer", exchange: "one", account: "main", subAccount: "master", name: "parent" },
      sealedBy: "awskms://alias/parents",
    });
  });

  for (const [text, expected] of Object.entries({
    "file:/run/secrets/../other": /\. or \.\. segments/,
    "file:/run/./secret": /\. or \.\. segments/,
    "file:/run/sec\u202eret": /control or format character/,
    "file:/run/sec\u200bret": /control or format character/,
    "file:/run/sec\u001b[2Jret": /control or format character/,
    "awssm:desk/../parent": /\. or \.\. segments/,
    "awssm:arn:aws:secretsmanager:eu-west-1:111122223333:secret:../parent-AbCdEf": /\. or \.\. segments/,
    "awssm:desk/parent#\u202esecret": /names no key/,
    "awssm:": /names no secret/,
    "awssm:desk parent": /names no secret/,
    "awssm:desk/parent#": /names no key/,
    "awssm:desk/parent?region=Ireland&key=hunter2#a#b": /not written like.*besides region.*names no key/,
    "awssm:arn:aws:secretsmanager:eu-west-1:111122223333:secret:x?region=eu-west-2": /another region than its ARN/,
    "document:ssm:///desk/parent": /needs after #.*&owner=…&bot=…&exchange=…&account=…&name=…/,
    [`document:hunter2#secret&${IDENTITY}`]: /names no place/,
    [`document:file:///a.json#pin&${IDENTITY}&hunter2=x`]: /one of apiKey, secret, password.*none of owner/,
  })) {
    it(`refuses ${JSON.stringify(text.slice(0, 50))} with every problem, and without quoting what may be a secret`, () => {
      assert.match(referenceProblem(text) ?? "", expected);
      assert.ok(!referenceProblem(text)?.includes("hunter2"));
    });
  }

  it("have no problem where they are right", () => assert.equal(referenceProblem("env:A"), undefined));

  describe("resolved", () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "credentials-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    const file = (content: string, mode = 0o600): string => {
      const path = join(folder, "secret");
      writeFileSync(path, content);
      chmodSync(path, mode);
      return path;
    };
    const refused = async (reference: string, env: NodeJS.ProcessEnv = {}): Promise<string> => {
      const error = await resolveReference(reference, away(env)).then(
        () => assert.fail("it resolved"),
        (thrown: unknown) => thrown,
      );
      assert.ok(error instanceof KeyError);
      assert.equal(error.kind, "CredentialsUnavailable");
      assert.ok(error.message.includes(reference), "the reference is named");
      assert.ok(!inspect(error).includes(SECRET), "the value is not");
      return error.message;
    };

    it("come from a variable", async () => {
      const secret = await resolveReference("env:A", away({ A: SECRET }));
      assert.equal(secret.reveal(), SECRET);
      const shown = [inspect(secret, { showHidden: true, depth: 9 }), JSON.stringify(secret), `${secret}`];
      assert.doesNotMatch(shown.join(), /s3cret/);
    });

    it("come from a file, without its one last line break", async () => {
      for (const content of [SECRET, `${SECRET}\n`, `${SECRET}\r\n`]) {
        assert.equal((await resolveReference(`file:${file(content)}`, away({}))).reveal(), SECRET);
      }
    });

    it("come as a PEM key, whose last line break and whose breaks in a variable are spelling", async () => {
      const pem = `-----BEGIN EC PRIVATE KEY-----\n${SECRET}\n-----END EC PRIVATE KEY-----`;
      const oneLine = pem.replaceAll("\n", "\\n");
      for (const A of [pem, `${pem}\n`, oneLine, `${oneLine}\\n`]) {
        assert.equal((await resolveReference("env:A", away({ A }))).reveal(), pem);
      }
      for (const content of [pem, `${pem}\n`, `${oneLine}\\n\n`]) {
        assert.equal((await resolveReference(`file:${file(content)}`, away({}))).reveal(), pem);
      }
      await refused("env:A", { A: `${pem}\n\n` });
      assert.equal((await resolveReference("env:A", away({ A: `${SECRET}\\n` }))).reveal(), `${SECRET}\\n`);
    });

    it("come behind their mark in the sandbox, and no other does", async () => {
      const pem = `-----BEGIN EC PRIVATE KEY-----\n${SECRET}\n-----END EC PRIVATE KEY-----`;
      const here = (A: string) => resolveReference("env:A", { environment: "sandbox", env: { A } });
      for (const text of [SECRET, pem]) assert.equal((await here(`sandbox-${text}`)).reveal(), text);
      assert.equal((await here(`sandbox-${pem}\n`)).reveal(), pem);
      for (const text of [SECRET, pem, `SANDBOX-${SECRET}`, ` sandbox-${SECRET}`, "sandbox-", "sandbox"]) {
        const error = await here(text).catch((thrown: unknown) => thrown);
        assert.ok(error instanceof KeyError && error.kind === "CredentialsUnavailable", text);
        assert.ok(!inspect(error).includes(SECRET));
      }
      const path = file(SECRET);
      const other = await resolveReference(`file:${path}`, { environment: "sandbox", env: {} }).catch(
        (thrown: unknown) => thrown,
      );
      assert.ok(other instanceof KeyError && /does not begin with sandbox-/.test(other.message) && other.message.includes(path));
      assert.equal((await resolveReference("env:A", away({ A: `sandbox-${SECRET}` }))).reveal(), `sandbox-${SECRET}`);
    });

    it("come through a link, as orchestrators mount secrets", async () => {
      symlinkSync(file(SECRET), join(folder, "link"));
      assert.equal((await resolveReference(`file:${join(folder, "link")}`, away({}))).reveal(), SECRET);
    });

    it("are refused where nothing is set", async () => {
      await refused("env:A");
      await refused("env:A", { A: "" });
      await refused(`file:${join(folder, "missing")}`);
      await refused(`file:${file("\n")}`);
    });

    it("are refused with white space around", async () => {
      await refused("env:A", { A: `${SECRET} ` });
      await refused(`file:${file(`${SECRET}\n\n`)}`);
    });

    for (const mode of [0o640, 0o604, 0o620, 0o660, 0o777]) {
      it(`are refused from a file of mode ${mode.toString(8)}`, async () => {
        assert.match(await refused(`file:${file(SECRET, mode)}`), /chmod 600/);
      });
    }

    it("are refused from a folder and from a pipe, which must not hang", async () => {
      mkdirSync(join(folder, "folder"), { mode: 0o700 });
      assert.match(await refused(`file:${join(folder, "folder")}`), /regular file/);
      execFileSync("env", ["mkfifo", "-m", "600", join(folder, "pipe")]);
      assert.match(await refused(`file:${join(folder, "pipe")}`), /regular file/);
    });
  });
});
