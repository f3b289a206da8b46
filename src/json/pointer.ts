/** JSON Pointer (RFC 6901): how a place in a document is named. A key is escaped here and nowhere else. */

export function child(pointer: string, key: string | number): string {
  return `${pointer}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
