import { emitKeypressEvents, type Key } from "node:readline";
import { shown } from "../core/shown";
import { ENDED, type KeyInput, type Lines, RESUMED } from "./lines";
import type { Terminal } from "./terminal";
import { settled } from "./unseen";

/** After this time the process was not stopped: nothing could continue it. */
const STOP_MS = 200;
/** Signals and timers that come together after a stop count as one. */
const CONTINUE_MS = 50;

/**
 * Lines as a person types them. From opening to closing, nothing is echoed unless the caller asks for it. The terminal sends no signals
 * meanwhile. This class reads Ctrl-C and Ctrl-Z, and does what they do elsewhere. Node's own line editor cannot do this. On a plain terminal
 * it takes Ctrl-Z for a letter. Elsewhere it ends the process when the process continues after a stop.
 */
export class TypedLines implements Lines {
  readonly #lines: string[] = [];
  #line = "";
  #afterReturn = false;
  #asking = false;
  #shown = false;
  #ended = false;
  #dropping = false;
  #resumed = false;
  #wake: (() => void) | undefined;
  #continuing: NodeJS.Timeout | undefined;

  constructor(
    private readonly input: KeyInput,
    private readonly terminal: Terminal,
  ) {
    emitKeypressEvents(input);
    input.setRawMode?.(true);
    input.on("keypress", this.#press).on("end", this.#end).resume();
    process.on("SIGCONT", this.#continue);
  }

  close(): void {
    clearTimeout(this.#continuing);
    process.off("SIGCONT", this.#continue);
    this.input.off("keypress", this.#press).off("end", this.#end).pause();
    this.input.setRawMode?.(false);
  }

  /** While somebody waits for lines, Ctrl-C ends them. Before and after, it ends the process. */
  asking(now: boolean): void {
    this.#asking = now;
  }

  /** Echoes the next line if `wanted`, unless typing has begun already. @returns whether it is echoed */
  async show(wanted: boolean): Promise<boolean> {
    await settled();
    this.#shown = wanted && this.#lines.length === 0 && this.#line === "";
    return this.#shown;
  }

  async next(): Promise<string | typeof RESUMED | typeof ENDED> {
    for (;;) {
      if (this.#resumed) {
        this.#resumed = false;
        return RESUMED;
      }
      const line = this.#lines.shift();
      if (line !== undefined) return line;
      if (this.#ended) return ENDED;
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
      this.#wake = undefined;
    }
  }

  /** Of what has been typed by now. */
  async rest(): Promise<boolean> {
    await settled();
    return [...this.#lines, this.#line].some((line) => line.trim() !== "");
  }

  readonly #press = (text: string | undefined, key: Key): void => {
    const afterReturn = this.#afterReturn;
    this.#afterReturn = key.name === "return";
    if (key.ctrl === true && key.name === "z") this.#stop();
    else if (key.ctrl === true && key.name === "c") this.#interrupt();
    else if (this.#dropping) return;
    else if (key.name === "return" || (key.name === "enter" && !afterReturn)) this.#finish();
    else if (key.name === "backspace") this.#erase(1);
    else if (key.ctrl === true && key.name === "u") this.#erase(this.#line.length);
    else if (key.ctrl === true && key.name === "d" && this.#line === "") this.#end();
    else if (text !== undefined && key.name !== "enter") this.#add(text);
  };

  #add(text: string): void {
    this.#line += text;
    if (this.#shown && shown(text) === text) this.terminal.echo(text);
  }

  #erase(count: number): void {
    const erased = [...this.#line].slice(-count);
    this.#line = [...this.#line].slice(0, -count || undefined).join("");
    if (this.#shown) this.terminal.echo("\b \b".repeat(erased.length));
  }

  #finish(): void {
    if (this.#shown) this.terminal.echo("\n");
    // What was pasted together with the answer is read before the next question: it must not be shown with this one.
    this.#shown = false;
    this.#lines.push(this.#line);
    this.#line = "";
    this.#wake?.();
  }

  readonly #end = (): void => {
    this.#ended = true;
    this.#wake?.();
  };

  #interrupt(): void {
    if (this.#asking) {
      this.#end();
      return;
    }
    this.input.setRawMode?.(false);
    process.kill(process.pid, "SIGINT");
  }

  #stop(): void {
    this.#dropping = true;
    this.input.setRawMode?.(false);
    clearTimeout(this.#continuing);
    this.#continuing = setTimeout(this.#continue, STOP_MS);
    // As the terminal does: what waits for this process stops with it, or no shell would come back.
    process.kill(0, "SIGTSTP");
  }

  readonly #continue = (): void => {
    this.#dropping = true;
    // The shell has set the terminal for itself; a mode that seems to be set already would not be set again.
    this.input.setRawMode?.(false);
    this.input.setRawMode?.(true);
    clearTimeout(this.#continuing);
    this.#continuing = setTimeout(() => this.#forget(), CONTINUE_MS);
  };

  /** Forgets what was typed, and has the question that waits asked again. */
  #forget(): void {
    this.#shown = false;
    this.#line = "";
    this.#lines.length = 0;
    this.#dropping = false;
    this.#resumed = this.#wake !== undefined;
    this.#wake?.();
  }
}
