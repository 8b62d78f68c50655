import { execFileSync, spawnSync } from "node:child_process";

/**
 * Kills a process that we started and everything below it, at once and without a word. Only for tests that are about such ends.
 * @param pid a child of ours
 */
export function killTree(pid: number): void {
  // Stopped first: what it would start next is then not missed.
  process.kill(pid, "SIGSTOP");
  for (const one of [pid, ...below(pid, parents())]) process.kill(one, "SIGKILL");
}

/**
 * Stops a process that we started and everything below it, as a suspended machine does.
 * @returns lets them go on
 */
export function freezeTree(pid: number): () => void {
  process.kill(pid, "SIGSTOP");
  const all = [pid, ...below(pid, parents())];
  for (const one of all) process.kill(one, "SIGSTOP");
  return () => {
    for (const one of all.reverse()) process.kill(one, "SIGCONT");
  };
}

/**
 * Kills the dynamic provider's host of a run of the CLI, which goes on.
 * @param pid the CLI, a child of ours
 * @throws Error when there is none
 */
export function killHost(pid: number): void {
  const hosts = hostsOf(pid);
  if (hosts.length === 0) throw new Error("no host of a dynamic provider runs");
  for (const host of hosts) process.kill(host, "SIGKILL");
}

/** The hosts of dynamic providers of a run of the CLI, without the shells around them. @param pid the CLI, a child of ours */
export function hostsOf(pid: number): readonly number[] {
  return below(pid, parents()).filter((one) => /\bnode\b.*cmd\/dynamic-provider/.test(shown(one, "args")));
}

/** True while a process runs; what has ended and nobody has asked about does not. */
export function isRunning(pid: number): boolean {
  return !/^(Z|$)/.test(shown(pid, "stat"));
}

function shown(pid: number, what: "args" | "stat"): string {
  // `ps` fails where there is no such process.
  return spawnSync("ps", ["-ww", "-o", `${what}=`, "-p", String(pid)], { encoding: "utf8" }).stdout.trim();
}

/** Process → its parent, of all there are. */
function parents(): ReadonlyMap<number, number> {
  const lines = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" }).trim().split("\n");
  return new Map(lines.map((line) => line.trim().split(/\s+/).map(Number)).map(([pid = 0, parent = 0]) => [pid, parent]));
}

function below(pid: number, all: ReadonlyMap<number, number>): readonly number[] {
  const children = [...all].filter(([, parent]) => parent === pid).map(([child]) => child);
  return children.flatMap((child) => [child, ...below(child, all)]);
}
