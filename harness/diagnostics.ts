import type { Run } from "./stack";

/** What a run says about each resource at its end, by the resource's name. */
export function diagnosticsIn({ stdout }: Run): ReadonlyMap<string, string> {
  const block = /^Diagnostics:\n((?: {2}.*\n|\n|\t.*\n)*)/m.exec(stdout)?.[1] ?? "";
  const parts = block.split(/^ {2}\S+ \((.+)\):\n/m).slice(1);
  return new Map(parts.flatMap((name, index) => (index % 2 === 0 ? [[name, (parts[index + 1] ?? "").trim()] as const] : [])));
}
