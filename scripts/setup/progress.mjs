const CLEAR = "\r\u001b[2K";

/**
 * Where one step of set-up tells how far it is. A terminal shows one line, which is written anew. Anything else gets a line each time.
 * @param at which step of how many
 */
export function progress({ step, steps }, stream = process.stderr, env = process.env) {
  const prefix = `set-up ${step} of ${steps}: `;
  if (!stream.isTTY || env.TERM === "dumb") return { report: (line) => stream.write(`${prefix}${line}\n`), done: () => {} };
  let shown = false;
  return {
    report: (line) => {
      shown = true;
      stream.write(CLEAR + (prefix + line).slice(0, (stream.columns ?? 80) - 1));
    },
    // What is left on the screen is what comes next.
    done: () => {
      if (shown) stream.write(CLEAR);
      shown = false;
    },
  };
}
