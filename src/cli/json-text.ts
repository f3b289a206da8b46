/**
 * JSON that steers no screen. Pure. Controls beyond ASCII, direction marks and half surrogates are written as escapes,
 * which say the same to whatever reads JSON: it may be a person at a terminal all the same.
 */

const UNSEEN = /[\p{Cf}\p{Zl}\p{Zp}]|[^\P{Cc}\n]/gu;

/** As `JSON.stringify`; line breaks are those of the layout. */
export function jsonText(value: unknown, indent = 0): string {
  return JSON.stringify(value, null, indent).replace(UNSEEN, (character) =>
    Array.from({ length: character.length }, (_, at) => {
      return `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`;
    }).join(""),
  );
}
