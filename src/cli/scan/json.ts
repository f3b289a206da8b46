/** A report for programs. Its shape is a promise (docs/scan.md): fields may come, and none goes or changes its meaning. */
import type { JsonObject } from "../../json/value.ts";
import { RISK } from "../../tools/classify/class.ts";
import { jsonText } from "../json-text.ts";
import type { Met } from "./fail-on.ts";
import type { Finding } from "./finding.ts";
import { MEANINGS } from "./kinds.ts";
import type { Report } from "./report.ts";

export function reportJson({ list, counts, tools, asides, tokens, unfit }: Report, met: readonly Met[]): string {
  const { name, from, era, serverInfo, notes } = list;
  const info: JsonObject | null = serverInfo ?? null;
  const value = {
    version: 1,
    server: { name, from, era, info },
    counts: { ...counts, total: tools.length },
    tokens: { list: tokens.all, recommended: unfit === undefined ? tokens.recommended : null },
    tools: tools.map((tool) => ({
      name: tool.name,
      class: tool.class,
      risk: RISK[tool.class],
      confidence: tool.confidence,
      evidence: tool.evidence,
      findings: tool.findings.map(findingJson),
      tokens: tool.tokens,
      recommended: unfit === undefined ? (tool.isListed ? "listed" : "hidden") : null,
    })),
    others: asides.map(({ what, name, findings }) => ({ what, name, findings: findings.map(findingJson) })),
    resources: list.resources.length,
    resourceTemplates: list.templates.length,
    prompts: list.prompts.length,
    notes,
    failed: met,
  };
  return jsonText(value, 2);
}

function findingJson({ kind, detail, at, parameter, text }: Finding) {
  return { kind, ...(detail && { detail }), weight: MEANINGS[kind].weight, at, parameter: parameter ?? null, text };
}
