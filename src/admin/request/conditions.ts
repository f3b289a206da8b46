/**
 * `If-Match` and `If-None-Match` (RFC 9110, section 13.1): a change is made to what its sender has seen, or not at all.
 * The ETag of a resource is its revision.
 */
import { problem } from "../problem.ts";

export type Conditions = {
  /** Null where nothing is asked; `*` for anything that exists. */
  readonly ifMatch: readonly string[] | "*" | null;
  readonly ifNoneMatch: readonly string[] | "*" | null;
};

export function conditionsOf({ headers }: Request): Conditions {
  return { ifMatch: tagsIn(headers.get("if-match")), ifNoneMatch: tagsIn(headers.get("if-none-match")) };
}

export function etagOf(revision: number): string {
  return `"${revision}"`;
}

/** The refusal when the resource is not as the request wants it; null for a resource that is not there. */
export function unmet({ ifMatch, ifNoneMatch }: Conditions, revision: number | null): Response | null {
  const isThere = revision !== null;
  const tag = isThere ? etagOf(revision) : "";
  if (ifMatch !== null && !(isThere && (ifMatch === "*" || ifMatch.includes(tag)))) {
    return changed(isThere ? `it is at ${tag} now` : "it is not there");
  }
  if (ifNoneMatch !== null && isThere && (ifNoneMatch === "*" || ifNoneMatch.includes(tag))) {
    return changed(`it exists, at ${tag}`);
  }
  return null;
}

function changed(how: string): Response {
  return problem(412, `Nothing was changed, since this is not what the request expects: ${how}. Read it again.`);
}

/**
 * What can't be read matches nothing. A weak tag counts as the strong one, which RFC 9110 (section 13.1.1) would not
 * have: Cloudflare makes a tag weak when it compresses an answer, and a revision says as much either way.
 */
function tagsIn(header: string | null): readonly string[] | "*" | null {
  if (header === null) return null;
  return header.trim() === "*" ? "*" : header.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
}
