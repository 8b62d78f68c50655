/**
 * No stack traces for as long as Pulumi's constructor of a resource runs. It takes four for each property, in case a promise never ends.
 * In a program with many keys they cost more than all else. A base class would do this in one place. But Pulumi records in the state where
 * a resource was declared, and the frame of a base class would stand there for every key.
 */
export class PausedTraces {
  readonly #limit = Error.stackTraceLimit;

  constructor() {
    Error.stackTraceLimit = 0;
  }

  resume(): void {
    Error.stackTraceLimit = this.#limit;
  }

  /** Resumes, and gives an error that was made without a trace one that leads to the line that declares the resource. */
  failed(error: unknown): unknown {
    this.resume();
    if (error instanceof Error && !/\n\s+at /.test(error.stack ?? "")) Error.captureStackTrace(error, this.failed);
    return error;
  }
}
