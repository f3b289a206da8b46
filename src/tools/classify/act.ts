/**
 * A verb with its object: sending money is not sending a message, resetting a selection is not resetting a router.
 * What it decides depends on nothing but the words it is given.
 */
import type { ToolClass } from "./class.ts";
import { ASSET, BOUND, CODE, DEED, LOOK, MONEY, NOT_MONEY, SHELL, SLIGHT } from "./things.ts";
import { verbClass } from "./verbs.ts";
import { singular } from "./words.ts";

export type Act = { readonly class: ToolClass; readonly verb: string; readonly text: string };

/** With one of these objects, the verb means this class instead of its own. The first that fits counts. */
type Turn = {
  readonly verbs: readonly string[];
  readonly things: ReadonlySet<string>;
  readonly class: ToolClass;
  readonly unless?: ReadonlySet<string>;
};

/** What does something of its own: a report or a draft of it is not all there is. */
const RUNS = new Set([...CODE, ...DEED]);

const TURNS: readonly Turn[] = [
  { verbs: ["send", "swap", "bridge", "mint", "burn", "exchange", "move"], things: ASSET, class: "financial" },
  { verbs: ["delete", "remove", "clear", "reset", "discard"], things: SLIGHT, class: "write", unless: RUNS },
  { verbs: ["run", "execute"], things: BOUND, class: "read", unless: SHELL },
  { verbs: ["run", "execute"], things: LOOK, class: "read", unless: RUNS },
  { verbs: ["send", "submit", "schedule", "queue", "type"], things: CODE, class: "execute" },
  { verbs: ["send", "make"], things: new Set(["request", "call", "keystroke"]), class: "execute" },
  { verbs: ["use"], things: new Set(["tool"]), class: "execute" },
  { verbs: ["apply"], things: new Set(["migration", "terraform", "manifest", "deployment"]), class: "execute" },
  { verbs: ["push"], things: new Set(["force"]), class: "destructive" },
  { verbs: ["close"], things: new Set(["account"]), class: "destructive" },
  { verbs: ["request"], things: new Set(["http", "https", "rest", "graphql"]), class: "execute" },
  { verbs: ["format"], things: new Set(["disk", "drive", "volume", "partition", "storage"]), class: "destructive" },
  { verbs: ["test"], things: new Set(["connection", "connectivity"]), class: "read" },
  { verbs: ["take", "capture"], things: new Set(["screenshot", "picture", "photo"]), class: "read" },
  {
    verbs: ["convert", "format"],
    things: new Set(["time", "date", "unit", "currency", "number", "coordinate"]),
    class: "read",
  },
];

/** What "resolve" puts an end to; everything else it only looks up. */
const TROUBLE = new Set("issue incident alert thread comment ticket conversation conflict bug".split(" "));

const CONSEQUENCE: Readonly<Record<ToolClass, string>> = {
  read: ", which looks and changes nothing",
  write: "; no undo named",
  execute: ", which sets something going",
  destructive: ", which loses what was there",
  financial: ", which moves money",
};

/** Whether the thing is money among these things: the order of rows is not. */
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
  const first = (among: ReadonlySet<string> | undefined) => things.find((thing) => among?.has(thing));
  const done = (toolClass: ToolClass, thing: string): Act => ({
    class: toolClass,
    verb,
    text: `the verb *${verb}*, done to *${thing}*`,
  });

  if (plain === "read") return { class: "read", verb, text: `the verb *${verb}*${CONSEQUENCE.read}` };
  const money = things.find((thing) => namesMoney(thing, things) && !(thing === "transaction" && BRACKETS.has(verb)));
  if (money !== undefined && money !== verb) return done("financial", money);
  const harmless = first(NOT_MONEY.get(verb));
  if (harmless !== undefined) return done("write", harmless);
  for (const turn of TURNS) {
    const thing = turn.verbs.includes(verb) ? first(turn.things) : undefined;
    if (thing !== undefined && first(turn.unless) === undefined) return done(turn.class, thing);
  }
  if (verb === "resolve" && first(TROUBLE) === undefined) {
    return { class: "read", verb, text: "the verb *resolve*, done to nothing that is at issue" };
  }
  return { class: plain, verb, text: `the verb *${verb}*${CONSEQUENCE[plain]}` };
}
