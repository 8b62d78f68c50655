import { spawn } from "node:child_process";

const progressEveryMs = 4_000;
/** What went wrong stands at the start of some outputs (npm) and at the end of others (compilers). */
const shownLines = 12;

/** Package managers quote addresses of mirrors, sometimes with credentials in them. */
export function withoutAddresses(text) {
  return text.replace(/\b[a-z]+:\/\/[^\s'"]+/gi, "<address>");
}

/**
 * Runs a program to its end, shows a line every few seconds, and keeps its output for the case of failure.
 * Resolves with stdout. Rejects with the first and the last lines of output, addresses removed.
 */
export function runShown({ title, file, args, cwd, env, shell, report, onLine, detail }) {
  return new Promise((resolve, reject) => {
    const started = Date.now();
    const seconds = () => Math.round((Date.now() - started) / 1000);
    const child = spawn(file, args, { cwd, env, shell: shell ?? false, stdio: ["ignore", "pipe", "pipe"] });
    const first = [];
    const last = [];
    let stdout = "";
    const keep = lineReader((line) => {
      if (first.length < shownLines) first.push(line);
      else last.push(line);
      if (last.length > shownLines) last.shift();
      onLine?.(line);
    });
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
      keep(text);
    });
    child.stderr.setEncoding("utf8").on("data", keep);
    const timer = setInterval(
      () => report(`${title}: ${detail === undefined ? "" : `${detail()}, `}${seconds()} s`),
      progressEveryMs,
    );
    child.on("error", (error) => {
      clearInterval(timer);
      reject(new Error(`${title}: ${file} could not be started (${error.code ?? error.name})`));
    });
    child.on("close", (code, signal) => {
      clearInterval(timer);
      if (code === 0) return resolve(stdout);
      const how = signal === null ? `exit code ${code}` : `ended by ${signal}`;
      reject(new Error(`${title} failed: ${how}\n${withoutAddresses([...first, ...last].join("\n"))}`));
    });
  });
}

function lineReader(onLine) {
  let rest = "";
  return (text) => {
    const lines = (rest + text).split(/\r?\n/);
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") onLine(line);
  };
}
