/**
 * The verb inside a noun or a word run together: a validator validates, a deletion deletes, `deletefile` deletes a file.
 * Only asked where a name has no verb of its own.
 */
import { verbClass } from "./verbs.ts";

const OF_NOUN: ReadonlyMap<string, string> = new Map([
  ["deletion", "delete"],
  ["removal", "remove"],
  ["termination", "terminate"],
  ["cancellation", "cancel"],
  ["execution", "execute"],
  ["invocation", "invoke"],
  ["installation", "install"],
  ["deployment", "deploy"],
  ["migration", "migrate"],
  ["creation", "create"],
  ["validation", "validate"],
  ["verification", "verify"],
  ["analysis", "analyze"],
  ["estimation", "estimate"],
]);

/** Verbs that are not to be missed, with what is only a form of them left out (`deletes`, `installer`). */
const GLUED =
  /^(?:execute|delete|remove|destroy|purge|flush|truncate|terminate|deploy|reboot|restart|uninstall|install|erase|wipe|refund|purchase)(?!e?[drs]s?$|ments?$|ing$|ations?$|able$)(?=.)/;

export function deedIn(words: readonly string[]): string | undefined {
  const last = words.at(-1) ?? "";
  return OF_NOUN.get(last) ?? doer(last) ?? (words.length === 1 ? GLUED.exec(last)?.[0] : undefined);
}

/** `checker` checks, `calculator` calculates, `planner` plans. */
function doer(noun: string): string | undefined {
  if (noun.length < 5 || !/[eo]r$/.test(noun)) return undefined;
  const stem = noun.slice(0, -2);
  const doubled = stem.at(-1) === stem.at(-2) ? stem.slice(0, -1) : stem;
  return [stem, `${stem}e`, doubled].find((verb) => verbClass(verb) !== undefined);
}
