/**
 * Strings in a JSON text, by the grammar of RFC 8259, section 7. Where one ends is found by patterns that run natively: a
 * loop over its characters takes several times as long, and a string may have megabytes. It must never take a pattern
 * that keeps a place to come back to for each character.
 */

const UNESCAPED = /[\x20\x21\x23-\x5b\x5d-\uffff]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
/** A quote behind an even number of backslashes: it is looked for first, and is what there are fewest of. */
const CLOSING = /"(?<=[^\\](?:\\\\)*")/g;

/** Where the characters that stand for themselves end, `from` on: at a quote where nothing is escaped. */
export function unescapedEnd(text: string, from: number): number {
  UNESCAPED.lastIndex = from;
  UNESCAPED.test(text);
  return UNESCAPED.lastIndex;
}

/** Behind the closing quote of the string that `from` lies in, not within an escape; the text's end where none closes it. */
export function closingEnd(text: string, from: number): number {
  CLOSING.lastIndex = from;
  return CLOSING.test(text) ? CLOSING.lastIndex : text.length;
}

/** The first fault of the string that begins at `start`; undefined when it has none. */
export function stringFault(
  text: string,
  start: number,
): { readonly reason: string; readonly offset: number } | undefined {
  let at = start + 1;
  for (;;) {
    at = unescapedEnd(text, at);
    if (at >= text.length) return { reason: "a string is not closed", offset: start };
    if (text[at] === '"') return undefined;
    if (text[at] !== "\\") {
      return { reason: "a control character stands in a string; write it as an escape", offset: at };
    }
    ESCAPE.lastIndex = at;
    if (!ESCAPE.test(text)) {
      const isHex = text[at + 1] === "u";
      return { reason: isHex ? "\\u wants four hexadecimal digits" : "this is no escape that JSON knows", offset: at };
    }
    at = ESCAPE.lastIndex;
  }
}
