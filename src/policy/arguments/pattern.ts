/**
 * Patterns of a schema (ECMAScript, as JSON Schema has them), judged in time linear in the text.
 *
 * They are translated to RE2, since `RegExp` could be made to hang by a server's pattern and a caller's text. What RE2
 * can't express (look-around, back-references), or would take long to prepare, can't be judged: it must never be
 * translated to something that matches other texts.
 */
import { RE2JS } from "re2js";
import { translate } from "./translate.ts";

export type Pattern = {
  readonly test: (text: string) => boolean;
  /** About how many states matching has to keep in mind: its cost is this times the text's length, at most. */
  readonly size: number;
};

/** Longer or larger ones describe nothing that an argument could be checked for at the speed of a call. */
const MOST_CHARACTERS = 1_000;
const MOST_SIZE = 2_500;

/** Undefined when it can't be judged. */
export function readPattern(text: string): Pattern | undefined {
  if (text.length > MOST_CHARACTERS) return undefined;
  const translation = translate(text);
  if (translation === undefined || translation.size > MOST_SIZE) return undefined;
  try {
    const compiled = RE2JS.compile(translation.source);
    return { test: (each) => compiled.test(each), size: translation.size };
  } catch {
    return undefined;
  }
}
