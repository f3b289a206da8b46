/**
 * What the gateway says of itself: one JSON object on a line, when something went wrong. An allowed call says nothing.
 *
 * Only the fields named here get in, and tokens are taken out of their text: no argument, token, credential, header or
 * body must ever stand in a log.
 */

export type Level = "info" | "warn" | "error";

export type Fields = {
  /** Id of the request, as its client was told it. */
  readonly request?: string | undefined;
  /** Trace id (W3C Trace Context). */
  readonly trace?: string | undefined;
  readonly grant?: string | undefined;
  /** Slug. */
  readonly server?: string | undefined;
  readonly method?: string | undefined;
  readonly tool?: string | undefined;
  /** The step of the way on which it happened. */
  readonly step?: string | undefined;
  /** An HTTP status. */
  readonly status?: number | null | undefined;
  readonly count?: number | undefined;
  readonly attempt?: number | undefined;
  /** Path of a request, without its query. */
  readonly path?: string | undefined;
  readonly operator?: string | undefined;
  /** From `causeOf`, or a sentence of our own. */
  readonly cause?: string | undefined;
};

const ALLOWED = [
  "request",
  "trace",
  "grant",
  "server",
  "method",
  "tool",
  "step",
  "status",
  "count",
  "attempt",
  "path",
  "operator",
  "cause",
] as const satisfies readonly (keyof Fields)[];

const LONGEST = 300;

export function log(level: Level, event: string, fields: Fields = {}): void {
  console[level](lineOf(level, event, fields));
}

export function lineOf(level: Level, event: string, fields: Readonly<Record<string, unknown>>): string {
  const line: Record<string, unknown> = { level, event };
  for (const name of ALLOWED) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof value === "string") line[name] = withoutTokens(value).slice(0, LONGEST);
    else if (typeof value === "number") line[name] = value;
  }
  return JSON.stringify(line);
}

/**
 * An error in a few words. Only plain errors are repeated, which are the platform's and our own: a SyntaxError or a
 * TypeError may quote the very value that it is about, and is told by its place in the code.
 */
export function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  if (error.name === "Error") return error.message;
  const stack = error.stack ?? "";
  const [place = ""] = stack.slice(stack.indexOf(error.message) + error.message.length).match(/\bat .+/) ?? [];
  return `${error.name} ${place}`.trim();
}

/** Grant and operator tokens, and whatever an Authorization header may have held. */
function withoutTokens(text: string): string {
  return text.replace(/\bgg[a-z]_\w+/g, "[token]").replace(/\b(Bearer|Basic) +\S+/gi, "$1 [token]");
}
