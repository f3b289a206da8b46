/** A mistake in a file, at a place that an editor jumps to: `file:line:column  message`. */

export type Problem = {
  /** As the user would type it from where they stand. */
  readonly file: string;
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** RFC 6901, where the mistake has a place in the document. */
  readonly pointer?: string;
  readonly message: string;
};

export function problemLines(problems: readonly Problem[]): string[] {
  return problems.map(({ file, line, column, message }) => `${file}:${line}:${column}  ${message}`);
}
