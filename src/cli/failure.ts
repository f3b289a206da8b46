/**
 * The one way a command ends badly: what was wrong, what to do next, and the exit code that CI reads.
 * A message must never hold a secret: it is written by us, not copied from what was sent.
 */
import type { Problem } from "./problem.ts";

/** 0 fine; 1 the command found something (a denial, a refusal, a mistake in a file); 2 usage; 3 no usable answer. */
export type ExitCode = 0 | 1 | 2 | 3;

export class Failure extends Error {
  readonly exit: ExitCode;
  /** What the reader can do now; one sentence. */
  readonly next: string | undefined;
  readonly problems: readonly Problem[];

  constructor(exit: ExitCode, message: string, next?: string, problems: readonly Problem[] = []) {
    super(message);
    this.name = "Failure";
    this.exit = exit;
    this.next = next;
    this.problems = problems;
  }
}

export const found = (message: string, next?: string): Failure => new Failure(1, message, next);
export const usage = (message: string, next?: string): Failure => new Failure(2, message, next);
export const unreachable = (message: string, next?: string): Failure => new Failure(3, message, next);

/** The error and what caused it, outermost first. Bounded: a cause may be anything, even its own. */
export function causes(error: unknown): Error[] {
  const found: Error[] = [];
  for (let cause = error; cause instanceof Error && found.length < 8; ) {
    found.push(cause);
    cause = cause instanceof AggregateError ? cause.errors[0] : cause.cause;
  }
  return found;
}

/** The system's error code (`ECONNREFUSED`, `ENOENT`), also when it lies in what `fetch` wraps around it. */
export function errorCode(error: unknown): string | undefined {
  return causes(error)
    .map((cause) => ("code" in cause ? cause.code : undefined))
    .find((code) => typeof code === "string");
}
