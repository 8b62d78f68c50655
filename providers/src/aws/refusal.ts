import { RunError } from "@pulumi/pulumi";
import type { Problem } from "../core/shape";

/** @throws RunError with every problem of one component, when there is any */
export function refuseProblems(component: string, name: string, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const lines = problems.map(({ property, reason }) => `  ${property} ${reason}`);
  throw new RunError(`${component} "${name}" cannot be made as declared:\n${lines.join("\n")}`);
}
