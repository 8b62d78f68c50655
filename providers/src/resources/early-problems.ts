import * as pulumi from "@pulumi/pulumi";
import { UNKNOWN } from "../core/inputs";
import { type Problem, shownProblem } from "../core/shape";

/**
 * Reports problems of all keys and sub-accounts of a program together. The engine stops at the first resource that its check refuses. A
 * person with a hundred keys would learn of one mistake at a time. So this class first judges what the program declares, by the same rules.
 */
export class EarlyProblems {
  private readonly lines: string[] = [];
  private scheduled = false;

  add(resourceName: string, problems: readonly Problem[]): void {
    this.lines.push(...problems.map(shownProblem).map(({ property, reason }) => `${resourceName}: ${property} ${reason}`));
    if (this.scheduled || this.lines.length === 0) return;
    this.scheduled = true;
    // After the program's own code has declared what it declares, and before anything is registered.
    queueMicrotask(() => {
      throw new pulumi.RunError(["what is declared cannot be made:", ...this.lines].join("\n  "));
    });
  }

  /**
   * Everything that is wrong, or nothing. Each resource brings it to its check, because a program's host reports an uncaught error and still
   * registers what was declared.
   * @param judged what comes from other resources, and is judged when it is known. A preview may never know it.
   */
  refusal(judged: readonly pulumi.Output<void>[]): pulumi.Input<string | undefined> {
    if (judged.length === 0 || pulumi.runtime.isDryRun()) return this.whenDeclared();
    return pulumi.all([...judged]).apply(() => this.whenDeclared());
  }

  private async whenDeclared(): Promise<string | undefined> {
    // The program's own code goes on, and declares the rest.
    await undefined;
    return this.lines.length === 0 ? undefined : this.lines.join("; ");
  }
}

/** Inputs as check would get them, with the engine's unknown value for whatever comes from another resource. */
export function knownInputs(inputs: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(inputs).flatMap(([name, value]) => (value === undefined ? [] : [[name, knownValue(value)]])),
  );
}

function knownValue(value: unknown): unknown {
  if (pulumi.Output.isInstance(value) || value instanceof Promise) return UNKNOWN;
  if (Array.isArray(value)) return value.map(knownValue);
  return typeof value === "object" && value !== null ? knownInputs(value) : value;
}
