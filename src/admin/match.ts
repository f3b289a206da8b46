/** From a path to what is there. Pure. */

/** A segment in braces is a name for whatever stands there. */
type Described = { readonly path: string };

/** Names and values of the variable segments, or null where the path is another. */
export function match({ path }: Described, asked: readonly string[]): Record<string, string> | null {
  const wanted = path.split("/").slice(1);
  if (wanted.length !== asked.length) return null;
  const params: Record<string, string> = {};
  for (const [at, segment] of wanted.entries()) {
    const given = asked[at] ?? "";
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined ? given !== segment : given === "") return null;
    if (name !== undefined) params[name] = given;
  }
  return params;
}

/** The segments of a path, decoded (RFC 3986, section 2.1); null for one that no text was encoded to. */
export function segmentsOf(path: string): readonly string[] | null {
  try {
    return path.split("/").slice(1).map(decodeURIComponent);
  } catch {
    return null;
  }
}
