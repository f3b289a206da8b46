/**
 * Finds where JSON pointers stand in a text, by reading it again.
 *
 * The parser keeps no offsets, since texts without fault never need them. This must only be given a text that
 * `parseJson` accepted, or accepted but for repeated keys; it is no second opinion on what is valid.
 */
import { child } from "./pointer.ts";

/** Offsets in UTF-16 units. A root and an array's items have no key; `key` is then where the value begins. */
export type Location = { readonly pointer: string; readonly key: number; readonly value: number };

/** Where each of the pointers stands; of a repeated key, the first. A pointer that leads nowhere has no entry. */
export function locate(text: string, pointers: ReadonlySet<string>): ReadonlyMap<string, Location> {
  const found = new Map<string, Location>();
  walk(text, (location) => {
    if (pointers.has(location.pointer) && !found.has(location.pointer)) found.set(location.pointer, location);
  });
  return found;
}

/** The pointers of the keys that begin at these offsets. */
export function pointersAt(text: string, keyOffsets: ReadonlySet<number>): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  walk(text, ({ pointer, key, value }) => {
    if (key !== value && keyOffsets.has(key)) found.set(key, pointer);
  });
  return found;
}

const SPACE = /[ \t\n\r]*/y;
const SCALAR = /[^\]},\s]+/y;

function walk(text: string, visit: (location: Location) => void): void {
  let at = 0;
  const skip = (pattern: RegExp): void => {
    pattern.lastIndex = at;
    at += pattern.exec(text)?.[0].length ?? 0;
  };
  const string = (): string => {
    const start = at++;
    while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
    return text.slice(start, ++at);
  };
  /** Steps over what parts two members; false when that was the closing bracket. */
  const more = (): boolean => {
    skip(SPACE);
    const parted = text[at] === ",";
    at++;
    return parted;
  };
  const value = (pointer: string, key: number | undefined): void => {
    visit({ pointer, key: key ?? at, value: at });
    const opening = text[at];
    if (opening === '"') {
      string();
    } else if (opening === "{" || opening === "[") {
      at++;
      skip(SPACE);
      if (text[at] === "}" || text[at] === "]") {
        at++;
        return;
      }
      let index = 0;
      do {
        skip(SPACE);
        const start = at;
        if (opening === "[") {
          value(child(pointer, index++), undefined);
        } else {
          const name: unknown = JSON.parse(string());
          skip(SPACE);
          at++;
          skip(SPACE);
          value(child(pointer, String(name)), start);
        }
      } while (more());
    } else {
      skip(SCALAR);
    }
  };
  skip(SPACE);
  value("", undefined);
}
