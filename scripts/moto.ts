import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { type PythonOptions, PythonUnavailable, pythonWith } from "./python";

/** moto, an emulator of AWS, as PyPI has it. */
const MOTO = { name: "moto", version: "5.2.5", extras: "server", size: 320 } as const;

const readyWithinMs = 60_000;

/** Characters of what it says that an error tells. */
const KEPT = 2000;

/** Serves on a free port until its standard input ends: then nobody is left who could stop it. */
const serve = `
import os, sys, threading
def follow():
    sys.stdin.buffer.read()
    os._exit(0)
threading.Thread(target=follow, daemon=True).start()
from moto.server import main
main(["-H", "127.0.0.1", "-p", "0"])
`;

export interface Moto {
  /** Such as `http://127.0.0.1:41234`. */
  readonly endpoint: string;
  /** The Python that runs it. It has boto3 too. */
  readonly python: string;
  stop(): Promise<void>;
}

/**
 * Starts moto on a free loopback port. The first time it installs moto from PyPI, with visible progress. The server ends with this
 * process, however that ends.
 * @throws PythonUnavailable
 */
export async function startMoto(options: PythonOptions = {}): Promise<Moto> {
  const python = await pythonWith(MOTO, options);
  const child = spawn(python, ["-c", serve], { stdio: ["pipe", "ignore", "pipe"], env: options.env ?? process.env });
  const kill = () => child.kill("SIGKILL");
  process.once("exit", kill);
  const stop = async () => {
    process.removeListener("exit", kill);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    kill();
    await ended;
  };
  try {
    const endpoint = await listening(child);
    return { endpoint, python, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * The address on which the server says that it listens, once it has answered there. What it says later, a line for each request, goes on being
 * read: a server whose pipe is full stops in the middle of a request.
 */
async function listening(child: ChildProcessByStdio<Writable, null, Readable>): Promise<string> {
  const signal = AbortSignal.timeout(readyWithinMs);
  let said = "";
  const endpoint = await new Promise<string | undefined>((resolve) => {
    signal.addEventListener("abort", () => resolve(undefined));
    child.stderr.once("end", () => resolve(undefined));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      said = `${said}${text}`.slice(-KEPT);
      const found = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  if (endpoint === undefined) throw new PythonUnavailable(`moto did not start within ${readyWithinMs / 1000} s:\n${said}`);
  const answer = await fetch(`${endpoint}/moto-api/data.json`, { signal });
  if (!answer.ok) throw new PythonUnavailable(`moto answers with status ${answer.status}`);
  return endpoint;
}
