/**
 * What a scan found: every tool judged, the most severe first, and what all of it costs a model. Every form of output is
 * made from this and from nothing else. Pure.
 */
import { estimateTokenCount } from "tokenx";
import { type JsonObject, member } from "../../json/value.ts";
import { compilePolicy } from "../../policy/compile.ts";
import { isListed } from "../../policy/decide.ts";
import { readPolicy } from "../../policy/read.ts";
import { CLASSES, compareClasses, type ToolClass } from "../../tools/classify/class.ts";
import { type Classification, classify } from "../../tools/classify/classify.ts";
import { recommend } from "../../tools/recommend/recommend.ts";
import { signalsIn } from "../../tools/signals/signals.ts";
import { steeringIn } from "../../tools/steering/steering.ts";
import { toolsIn } from "../recommend/tools.ts";
import { type Aside, asidesOf } from "./asides.ts";
import { type Finding, steered } from "./finding.ts";
import type { Listed } from "./source.ts";

export type ScannedTool = Classification & {
  readonly name: string;
  readonly findings: readonly Finding[];
  /** What its name, description and input schema cost a model, about. */
  readonly tokens: number;
  /** Whether the recommended policy shows it to a model. */
  readonly isListed: boolean;
  /** Where it stood in the list. */
  readonly index: number;
};

export type Report = {
  readonly list: Listed;
  /** How the same source is typed for another command, without secrets. */
  readonly source: string;
  readonly counts: Readonly<Record<ToolClass, number>>;
  /** The most severe class first, and as listed within a class. */
  readonly tools: readonly ScannedTool[];
  readonly asides: readonly Aside[];
  readonly tokens: { readonly all: number; readonly recommended: number };
  /** Why no policy can be recommended for this list; undefined where one can. */
  readonly unfit: string | undefined;
};

export function reportOf(list: Listed, source: string): Report {
  const { shows, unfit } = shownBy(list);
  const names = new Set(list.tools.map((tool) => nameOf(tool)));
  const tools = list.tools.map((tool, index): ScannedTool => {
    const name = nameOf(tool);
    const judged = judge(tool, name);
    const findings = [...steeringIn(tool, names).map(steered), ...signalsIn(tool, judged)];
    return { ...judged, name, findings, tokens: tokensOf(tool), isListed: shows(name), index };
  });
  const sum = (some: readonly ScannedTool[]): number => some.reduce((total, { tokens }) => total + tokens, 0);
  return {
    list,
    source,
    counts: countsOf(tools),
    tools: tools.toSorted((a, b) => compareClasses(b.class, a.class) || a.index - b.index),
    asides: asidesOf(list),
    tokens: { all: sum(tools), recommended: sum(tools.filter((tool) => tool.isListed)) },
    unfit,
  };
}

/** All findings with what they are about. */
export function findingsOf({ tools, asides }: Report): readonly { readonly of: string; readonly finding: Finding }[] {
  return [
    ...asides.flatMap(({ name, findings }) => findings.map((finding) => ({ of: name, finding }))),
    ...tools.flatMap(({ name, findings }) => findings.map((finding) => ({ of: name, finding }))),
  ];
}

function nameOf(tool: JsonObject): string {
  const name = member(tool, "name");
  return typeof name === "string" ? name : "";
}

function judge(tool: JsonObject, name: string): Classification {
  const [description, inputSchema, annotations] = ["description", "inputSchema", "annotations"].map((key) =>
    member(tool, key),
  );
  return classify({ name, description, inputSchema, annotations });
}

/** As providers give a tool to a model. */
function tokensOf(tool: JsonObject): number {
  const given = Object.fromEntries(
    ["name", "description", "inputSchema"].flatMap((key) => {
      const value = member(tool, key);
      return value === undefined ? [] : [[key, value]];
    }),
  );
  return estimateTokenCount(JSON.stringify(given));
}

function countsOf(tools: readonly ScannedTool[]): Record<ToolClass, number> {
  const counts: Record<ToolClass, number> = { read: 0, write: 0, execute: 0, destructive: 0, financial: 0 };
  for (const { class: toolClass } of tools) counts[toolClass]++;
  return counts;
}

type Shown = { readonly shows: (name: string) => boolean; readonly unfit: string | undefined };

/** Which tools the recommended policy lists. Where none can be made, none would be listed. */
function shownBy({ tools }: Listed): Shown {
  try {
    const { document } = recommend(toolsIn(tools), { strict: false, shared: false, description: "" });
    const read = readPolicy(JSON.stringify(document));
    if (!read.ok) return { shows: () => false, unfit: "No policy can be made of this list." };
    const policy = compilePolicy(read.document);
    return { shows: (name) => isListed(policy, name), unfit: undefined };
  } catch (error) {
    // More tools than one policy takes.
    if (error instanceof RangeError) return { shows: () => false, unfit: error.message };
    throw error;
  }
}

/** From the most severe. */
export const DESCENDING: readonly ToolClass[] = CLASSES.toReversed();

export const DANGEROUS: readonly ToolClass[] = ["financial", "destructive", "execute"];
