/**
 * Why a tool is of its class, in a sentence that may stand in a policy: the classifier's own words, which quote single
 * words of the server's. It must never let a server write a sentence of its own into the policy of whoever signs it.
 */
import type { ToolClass } from "../classify/class.ts";
import type { Classification } from "../classify/classify.ts";

/** A word as names have them, no longer than one that a person would read, and in letters that can't make a sentence of it. */
const WORD = /^[A-Za-z0-9_.-]{1,40}$/;

/** What the classifier puts between two words that it quotes. */
const JOINS = new Set([" and ", " may be ", ", done to ", "; by way of "]);

export function reasonOf({ class: toolClass, evidence }: Classification): string {
  const first = evidence.find((each) => each.class === toolClass);
  return first === undefined ? "nothing speaks for another class" : plainly(first.text, first.from);
}

/** As it is where every quote is a word, else without the quotes. A quote may hold an asterisk of its own. */
function plainly(text: string, from: string): string {
  const said = /^says \*.*\*: (.*)$/s.exec(text)?.[1];
  if (said !== undefined) return `its description says that ${said}`;
  const parts = text.split("*");
  const isPlain = parts.every((part, index) => {
    if (index % 2 === 1) return WORD.test(part);
    return index === 0 || index === parts.length - 1 || JOINS.has(part);
  });
  return isPlain && parts.length % 2 === 1
    ? text.replace(/^(?=name |description )/, "its ")
    : `what its ${from} says of its parameters`;
}

export function capital(toolClass: ToolClass): string {
  return toolClass.charAt(0).toUpperCase() + toolClass.slice(1);
}
