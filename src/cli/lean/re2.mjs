/** The regular expressions' engine without what the Worker never calls: less for a cold start to read. */
import { prune } from "./prune.mjs";

/** Of the library: `RE2JS.compile` of patterns, and `test` of strings. */
export function leanRe2(library) {
  return prune(library, "RE2JS", ["compile", "test"], ["translateRegExp", "matchUTF8", "fromUTF8"]);
}
