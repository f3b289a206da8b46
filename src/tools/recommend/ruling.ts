/**
 * What is to become of each tool, and why: its class decides, and whether it runs others by name.
 *
 * Each doubt is settled the closed way: of several definitions of one name the worst counts, and what no entry can name
 * exactly gets none, so that the policy's default denies it.
 */
import { isObject, type Json, member } from "../../json/value.ts";
import { isGlob } from "../../policy/glob.ts";
import { type MetaTool, metaToolOf } from "../../policy/meta-tool.ts";
import { CLASSES, compareClasses, type ToolClass } from "../classify/class.ts";
import { type Classification, classify, type Tool } from "../classify/classify.ts";
import { capital, reasonOf } from "./reason.ts";

export type Ruling = {
  readonly name: string;
  readonly class: ToolClass;
  /** As the classifier has it, from 0 to 1; below `UNSURE` a person should look. */
  readonly confidence: number;
  /** Class and reason in words, for whoever signs the policy. */
  readonly why: string;
  /** Something about it wants a person's eye. */
  readonly look: boolean;
  /** As last listed. */
  readonly schema: Json | undefined;
  readonly rule: Rule;
};

export type Rule =
  | { readonly kind: "open" }
  /** `max` calls a minute; `counter` where tools share one, else the tool has its own. */
  | { readonly kind: "limited"; readonly max: number; readonly counter: string | undefined }
  | { readonly kind: "hidden" }
  | { readonly kind: "denied"; readonly reason: string }
  | { readonly kind: "unwrapped"; readonly paths: MetaTool };

export type Left = { readonly name: string; readonly why: string };

export type Choices = { readonly strict: boolean; readonly shared: boolean };

const UNSURE = 0.5;

/** From the most severe class to the least. */
export const WORST_FIRST: readonly ToolClass[] = CLASSES.toReversed();

export function rulingsFor(
  tools: readonly Tool[],
  choices: Choices,
): { readonly rulings: readonly Ruling[]; readonly left: readonly Left[] } {
  const byName = Map.groupBy(tools, ({ name }) => name);
  const names = [...byName.keys()].sort(byCodeUnit);
  const left = names.flatMap((name) => (mayBeKey(name) ? [] : [{ name, why: unnameable(name) }]));
  const judged = names.filter(mayBeKey).map((name) => judgedAs(name, byName.get(name) ?? [], choices));
  const isUseful = judged.some(({ rule }) => rule.kind === "open" || rule.kind === "limited");
  const rulings = judged.map((ruling) => (isUseful ? ruling : closedIfMeta(ruling)));
  return { rulings: rulings.sort((a, b) => compareClasses(b.class, a.class) || byCodeUnit(a.name, b.name)), left };
}

/** Twice what MCP allows. A counter bears its tool's name, and no ledger could hold one that is a book. */
export const LONGEST_NAME = 256;

function mayBeKey(name: string): boolean {
  return name !== "" && name.length <= LONGEST_NAME && !isGlob(name);
}

function unnameable(name: string): string {
  if (name === "") return "its name is empty";
  if (name.length > LONGEST_NAME) return `its name has more than ${LONGEST_NAME} characters, and MCP wants 128 at most`;
  return 'its name contains "*", which in a policy stands for any characters: an entry would open other tools too';
}

function judgedAs(name: string, tools: readonly Tool[], choices: Choices): Ruling {
  const [first, ...more] = tools.map((tool) => classify(tool));
  const worst = more.reduce((a, b) => (compareClasses(b.class, a.class) > 0 ? b : a), first ?? classify({ name }));
  const { rule, note } = ruleFor(tools, worst, choices);
  const notes = [
    note,
    worst.confidence < UNSURE ? "That is a guess: look at this one." : "",
    tools.length > 1 ? `It is listed ${tools.length} times, and the worst counts: look at this one.` : "",
  ].filter((text) => text !== "");
  return {
    name,
    class: worst.class,
    confidence: worst.confidence,
    why: [`${capital(worst.class)}: ${reasonOf(worst)}.`, ...notes].join(" "),
    look: notes.length > 0,
    schema: tools.at(-1)?.inputSchema,
    rule,
  };
}

type Ruled = { readonly rule: Rule; readonly note: string };

function ruleFor(tools: readonly Tool[], says: Classification, { strict, shared }: Choices): Ruled {
  const metas = tools.map(metaToolOf);
  const isMeta = metas.some((meta) => meta !== undefined);
  const ruled = byClass(says.class, shared);
  // Whatever it would run: what the server itself says loses something or costs money stays closed.
  if (ruled.kind === "hidden" || ruled.kind === "denied") return { rule: ruled, note: "" };
  if (!isMeta) return strict && !isSchema(tools.at(-1)?.inputSchema) ? UNCHECKABLE : { rule: ruled, note: "" };
  const [paths, ...others] = metas.map((meta) => meta?.paths);
  if (paths === undefined || others.some((each) => each?.tool !== paths.tool || each.arguments !== paths.arguments)) {
    return { rule: META_DENIED, note: "It runs other tools by name, and its schema does not say how." };
  }
  if (tools.some(takesMore)) {
    return { rule: META_DENIED, note: "It runs other tools by name, and takes more than their name and arguments." };
  }
  return {
    rule: { kind: "unwrapped", paths },
    note: "It runs other tools by name: each such call is decided and counted as if it had been made directly.",
  };
}

/** Strict arguments would refuse every call all the same, and less plainly. */
const UNCHECKABLE: Ruled = {
  rule: { kind: "denied", reason: "Its arguments can't be checked: the server lists no schema for them." },
  note: "The server lists no schema for it: look at this one.",
};

function isSchema(schema: Json | undefined): boolean {
  return isObject(schema) || typeof schema === "boolean";
}

const META_REASON = "This tool runs other tools by name, past their rules. Call the tool itself.";
const META_DENIED: Rule = { kind: "denied", reason: META_REASON };

/** More than a name and arguments: what else it takes may choose whose tools they are; a number or a switch can't. */
function takesMore({ inputSchema }: Tool): boolean {
  const properties = isObject(inputSchema) ? member(inputSchema, "properties") : undefined;
  if (!isObject(properties)) return false;
  const choosing = Object.values(properties).filter((property) => {
    const type = isObject(property) ? member(property, "type") : undefined;
    return type !== "boolean" && type !== "integer" && type !== "number";
  });
  return choosing.length > 2;
}

function closedIfMeta(ruling: Ruling): Ruling {
  if (ruling.rule.kind !== "unwrapped") return ruling;
  return { ...ruling, rule: META_DENIED, why: `${ruling.why} There is none here that it may run.` };
}

/** Calls a minute: a person at work stays far below, and a loop is stopped before it has done much. */
const WRITES = 30;
const EXECUTES = 10;

function byClass(toolClass: ToolClass, shared: boolean): Rule {
  switch (toolClass) {
    case "read":
      return { kind: "open" };
    case "write":
      return { kind: "limited", max: WRITES, counter: shared ? "writes" : undefined };
    case "execute":
      return { kind: "limited", max: EXECUTES, counter: shared ? "executes" : undefined };
    case "destructive":
      return { kind: "hidden" };
    case "financial":
      return { kind: "denied", reason: "Requires human approval." };
  }
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
