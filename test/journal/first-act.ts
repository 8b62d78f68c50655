/** A process that does its first act in a folder, and says how much it read for that and how much memory it took. */
import { readFileSync } from "node:fs";
import { Journal } from "../../providers/src/journal/journal";

function bytesRead(): number {
  return Number(/^rchar: (\d+)$/m.exec(readFileSync("/proc/self/io", "utf8"))?.[1]);
}

async function main(folder: string): Promise<void> {
  const journal = new Journal(folder, { run: "measured", actor: "ann", environment: "sandbox" }, { now: () => new Date() });
  const [bytes, kilobytes] = [bytesRead(), process.resourceUsage().maxRSS];
  await journal.append({ kind: "intent", act: "revoke", exchange: "here", account: "main" });
  console.log(JSON.stringify({ read: bytesRead() - bytes, memory: (process.resourceUsage().maxRSS - kilobytes) * 1024 }));
  await journal.close();
}

void main(process.argv[2] ?? "");
