/** A policy that is proposed, whatever it was made from: what is written, what is said of it, and what programs get. */
import type { JsonObject } from "../../json/value.ts";
import { type Recommendation, recommend } from "../../tools/recommend/recommend.ts";
import { found } from "../failure.ts";
import type { Listed } from "../scan/source.ts";
import { shown, type Terminal } from "../terminal.ts";
import type { Heard } from "./from-audit.ts";
import { leastSummary, summary } from "./show.ts";
import { toolsIn } from "./tools.ts";

export type Proposal = {
  readonly document: JsonObject;
  readonly cases: readonly JsonObject[];
  /** A list of tools with their schemas and none of the server's prose, where one is known. */
  readonly schemas: JsonObject | undefined;
  readonly summary: string;
  /** What `--json` says beside the two. */
  readonly told: Readonly<Record<string, unknown>>;
};

export type Choices = { readonly strict: boolean; readonly shared: boolean };

export function fromList(list: Listed, choices: Choices, terminal: Terminal): Proposal {
  const tools = toolsIn(list.tools);
  if (tools.length === 0) throw found(`${shown(list.from)} lists no tools, so there is nothing to recommend.`);
  const from = tools.length === 1 ? "one tool" : `${tools.length} tools`;
  const description = `Recommended from a list of ${from}, by class, the dangerous first.`;
  const made = recommendation(() => recommend(tools, { ...choices, description }));
  const { document, cases, rulings, left, unshown } = made;
  const classes: Record<string, number> = {};
  for (const { class: toolClass } of rulings) classes[toolClass] = (classes[toolClass] ?? 0) + 1;
  const told = {
    classes,
    tools: rulings.map(({ schema: _, rule, ...ruling }) => ({ ...ruling, rule: rule.kind })),
    left,
    unshown,
  };
  const schemas = {
    tools: tools.map(({ name, inputSchema }) => ({ name, ...(inputSchema !== undefined && { inputSchema }) })),
  };
  return { document, cases, schemas, summary: summary(made, list.from, terminal), told };
}

/** A RangeError says that the tools are more than a policy takes, and what to do. */
function recommendation(make: () => Recommendation): Recommendation {
  try {
    return make();
  } catch (error) {
    throw error instanceof RangeError ? found(error.message) : error;
  }
}

export function fromAudit(heard: Heard, terminal: Terminal): Proposal {
  const { document, cases, needed, refused, left } = heard.least;
  return {
    document,
    cases,
    schemas: undefined,
    summary: leastSummary(heard, terminal),
    told: { needed, refused, left },
  };
}
