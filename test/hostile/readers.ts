/**
 * Readers of event streams, as clients have them: by the standard, and by those that end a line wherever their
 * language's own splitting does. What a server says must be the same messages to all of them.
 */

/** Data of each event that has some (WHATWG HTML, 9.2.6). */
export function byTheStandard(text: string): string[] {
  return dataIn(text.replace(/^\ufeff/, "").split(/\r\n|\n|\r/));
}

/** As Python's `str.splitlines` has it, by which widespread clients read streams. */
export function bySplitlines(text: string): string[] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it splits at.
  return dataIn(text.split(/\r\n|[\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029]/));
}

/** As Java's and .NET's line breaks in regular expressions have it. */
export function byUnicode(text: string): string[] {
  return dataIn(text.split(/\r\n|[\n\v\f\r\x85\u2028\u2029]/));
}

/** Those that stop at NUL, or drop it. */
export function withoutNul(text: string): string[] {
  return byTheStandard(text.replaceAll("\0", ""));
}

export const READERS = [byTheStandard, bySplitlines, byUnicode, withoutNul];

function dataIn(lines: readonly string[]): string[] {
  const events: string[] = [];
  let data: string[] = [];
  for (const line of lines) {
    if (line === "") {
      if (data.length > 0) events.push(data.join("\n"));
      data = [];
    } else if (/^data(?::|$)/.test(line)) {
      data.push(line.replace(/^data:? ?/, ""));
    }
  }
  return events;
}
