/** The rules of a SARIF report: one for each dangerous class, and one for each kind of finding. Pure. */
import type { ToolClass } from "../../tools/classify/class.ts";
import type { Weight } from "../../tools/signals/signal.ts";
import { FINDING_KINDS, MEANINGS } from "./kinds.ts";
import { DANGEROUS } from "./report.ts";
import { CLASS_NAMES } from "./words.ts";

const HELP = "https://github.com/grantgate/grantgate/blob/main/docs/scan.md";

type Level = "error" | "warning" | "note";
export const LEVEL: Readonly<Record<Weight, Level>> = { high: "error", medium: "warning", low: "note" };
/** GitHub sorts by it: 9 and above is critical, 7 high, 4 medium. */
const SEVERITY: Readonly<Record<Weight, string>> = { high: "8.5", medium: "5.5", low: "2.0" };

type Rule = { readonly id: string; readonly title: string; readonly why: string; readonly weight: Weight };

const CLASS_WHY: Readonly<Partial<Record<ToolClass, string>>> = {
  financial: "It moves money or commits to pay. Deny it, or have a person approve each call.",
  destructive: "It loses what was there. Hide it from agents that do not need it.",
  execute: "It sets something going or runs what it is given. Limit it, and look at what it takes.",
};

export const RULES: readonly Rule[] = [
  ...DANGEROUS.map(
    (toolClass): Rule => ({
      id: `class/${toolClass}`,
      title: `${CLASS_NAMES[toolClass]} tool`,
      why: CLASS_WHY[toolClass] ?? "",
      weight: "medium",
    }),
  ),
  ...FINDING_KINDS.map((kind): Rule => ({ id: kind, ...MEANINGS[kind] })),
];

export function ruleOf({ id, title, why, weight }: Rule) {
  return {
    id,
    name: id.replace(/(?:^|[/-])([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: title },
    fullDescription: { text: why },
    help: { text: `${title}. ${why}` },
    helpUri: HELP,
    defaultConfiguration: { level: LEVEL[weight] },
    properties: { tags: ["security", "mcp"], precision: "medium", "security-severity": SEVERITY[weight] },
  };
}
