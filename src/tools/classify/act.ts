/**
 * A verb with its object: sending money is not sending a message, resetting a selection is not resetting a router.
 * What it decides depends on nothing but the words it is given.
 */
import type { ToolClass } from "./class.ts";
import { MONEY, NOT_MONEY } from "./things.ts";
import { TURNS } from "./turns.ts";
import { verbClass } from "./verbs.ts";
import { singular } from "./words.ts";

export type Act = { readonly class: ToolClass; readonly verb: string; readonly text: string };

/** What "resolve" puts an end to; everything else it only looks up. */
const TROUBLE = new Set("issue incident alert thread comment ticket conversation conflict bug".split(" "));

const CONSEQUENCE: Readonly<Record<ToolClass, string>> = {
  read: ", which looks and changes nothing",
  write: "; no undo named",
  execute: ", which sets something going",
  destructive: ", which loses what was there",
  financial: ", which moves money",
};

/** Whether the thing is money among these things, plurals as they stand or not: the order of rows is not. */
export function namesMoney(thing: string, things: readonly string[]): boolean {
  const otherwise = NOT_MONEY.get(thing);
  return MONEY.has(thing) && (otherwise === undefined || !things.some((other) => otherwise.has(other)));
}

/** Verbs that a database does to its transactions. */
const BRACKETS = new Set(["start", "commit", "rollback"]);

/** What the verb means when done to these things, or undefined if it is no verb that this classifier knows. */
export function judge(verb: string, objects: readonly string[]): Act | undefined {
  const plain = verbClass(verb);
  if (plain === undefined) return undefined;
  const things = objects.map(singular);
  const all = [...things, ...objects];
  const first = (among: ReadonlySet<string> | undefined) => all.find((thing) => among?.has(thing));
  const done = (toolClass: ToolClass, thing: string): Act => ({
    class: toolClass,
    verb,
    text: `the verb *${verb}*, done to *${thing}*`,
  });

  const turned = (): Act | undefined => {
    for (const turn of TURNS) {
      const thing = turn.verbs.includes(verb) ? first(turn.things) : undefined;
      if (thing === undefined || first(turn.unless) !== undefined) continue;
      const other = turn.with === undefined ? thing : first(turn.with);
      if (other !== undefined) return done(turn.class, other === thing ? thing : `${thing} ${other}`);
    }
    return undefined;
  };

  if (plain === "read") return turned() ?? { class: "read", verb, text: `the verb *${verb}*${CONSEQUENCE.read}` };
  const money = things.find((thing) => namesMoney(thing, all) && !(thing === "transaction" && BRACKETS.has(verb)));
  if (money !== undefined && money !== verb) return done("financial", money);
  const harmless = first(NOT_MONEY.get(verb));
  if (harmless !== undefined) return done("write", harmless);
  const act = turned();
  if (act !== undefined) return act;
  if (verb === "resolve" && first(TROUBLE) === undefined) {
    return { class: "read", verb, text: "the verb *resolve*, done to nothing that is at issue" };
  }
  return { class: plain, verb, text: `the verb *${verb}*${CONSEQUENCE[plain]}` };
}
