import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, constants, openSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { findProgram, pathFolders } from "../../scripts/setup/look";

/** Copies between its own streams and a pseudo-terminal on which the program runs. */
const RELAY = "import pty, sys; pty.spawn(sys.argv[1:])";
const PATIENCE_MS = 40_000;

/** A shell with job control on a terminal of its own, and what its screen has shown. */
export class ShellOnPty {
  screen = "";
  #seen = 0;
  #terminal = "";
  readonly #relay: ChildProcess;

  /** @param env in addition to this process's */
  constructor(cwd: string, env: Readonly<Record<string, string>>) {
    const python = findProgram("python3", pathFolders(process.env));
    if (python === undefined) throw new Error("a pseudo-terminal needs python3 on PATH");
    const shell = ["bash", "--norc", "--noprofile", "--noediting", "-i"];
    const variables = { ...process.env, HISTFILE: "", TERM: "dumb", BASH_SILENCE_DEPRECATION_WARNING: "1", ...env };
    this.#relay = spawn(python, ["-c", RELAY, ...shell], { cwd, env: variables });
    for (const stream of [this.#relay.stdout, this.#relay.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.screen += text;
      });
    }
  }

  /** Waits for the first prompt. */
  async start(): Promise<void> {
    // Quoted in two pieces, so that its echo is no prompt.
    this.type("PS1='she''ll> '\r");
    await this.shows(/shell> /);
    this.type("tty\r");
    [this.#terminal = ""] = await this.shows(/\/dev\/\S+/);
    await this.shows(/shell> /);
  }

  /** Types as a person does: return is `\r`. */
  type(keys: string): void {
    this.#relay.stdin?.write(keys);
  }

  /** Waits until the screen shows something new that matches. @returns the match */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    for (const end = Date.now() + PATIENCE_MS; ; await setTimeout(20)) {
      const match = pattern.exec(this.screen.slice(this.#seen));
      if (match !== null) {
        this.#seen += match.index + match[0].length;
        return match;
      }
      if (Date.now() > end) throw new Error(`the screen never showed ${String(pattern)}:\n${this.screen}`);
    }
  }

  /** Waits until the terminal echoes, or until it does not. */
  async echoes(wanted: boolean): Promise<void> {
    for (const end = Date.now() + PATIENCE_MS; ; await setTimeout(20)) {
      const terminal = openSync(this.#terminal, constants.O_RDONLY | constants.O_NOCTTY);
      const { stdout } = spawnSync("stty", ["-a"], { stdio: [terminal, "pipe", "inherit"], encoding: "utf8" });
      closeSync(terminal);
      if (/(?<![-\w])-echo\b/.test(stdout) !== wanted) return;
      if (Date.now() > end) throw new Error(`the terminal stayed as it was: ${stdout}`);
    }
  }

  /** The exit code of the last command, as the shell knows it. */
  async exitCode(): Promise<number> {
    // What is typed before the command has ended is the command's.
    await this.shows(/shell> /);
    this.type('echo "ended=$?."\r');
    const [, code] = await this.shows(/ended=(\d+)\./);
    return Number(code);
  }

  async end(): Promise<void> {
    if (this.#relay.exitCode !== null || this.#relay.signalCode !== null) return;
    const ended = once(this.#relay, "exit");
    // The relay's end hangs the terminal up, and with it everything that runs there.
    this.#relay.kill("SIGKILL");
    await ended;
  }
}
