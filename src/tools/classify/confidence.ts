/**
 * How far to trust a class, from 0 to 1. It is a judgement on the evidence, not a probability: 0.9 and above is a plain verb
 * that the description repeats, below 0.5 a tool that a person should look at.
 */
import type { Evidence, ToolClass } from "./class.ts";
import type { Said } from "./name.ts";

const NOTHING = 0.25;

export function confidenceOf(toolClass: ToolClass, said: Said, evidence: readonly Evidence[]): number {
  const speaking = evidence.filter(({ class: other }) => other === toolClass).map(({ from }) => from);
  if (speaking.length === 0) return NOTHING;
  const byName = speaking.includes("name");
  const base = !byName ? 0.6 : said.kind === "silent" ? NOTHING : said.kind === "verb" && said.sure ? 0.85 : 0.6;
  const seconded = new Set(speaking).size > 1 ? 0.1 : 0;
  const disputed = evidence.some(({ class: other }) => other !== toolClass) ? 0.1 : 0;
  return Math.round((base + seconded - disputed) * 100) / 100;
}
