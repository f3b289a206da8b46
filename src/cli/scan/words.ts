/** Words that every form of output shares. Pure. */

import { type JsonObject, member } from "../../json/value.ts";
import type { Evidence, ToolClass } from "../../tools/classify/class.ts";
import { cell } from "../show.ts";
import { cut } from "../table.ts";
import type { Finding } from "./finding.ts";
import type { FindingKind } from "./kinds.ts";
import type { Report, ScannedTool } from "./report.ts";
import { titleOf } from "./session.ts";

export const CLASS_NAMES: Readonly<Record<ToolClass, string>> = {
  read: "Read",
  write: "Write",
  execute: "Execute",
  destructive: "Destructive",
  financial: "Financial",
};

/** Why the tool has its class, in the words of its first reason. */
export function reason({ class: toolClass, evidence }: ScannedTool): Evidence | undefined {
  return evidence.find((each) => each.class === toolClass);
}

/** `about 1,200`: an estimate must not look like a measurement. */
export function about(tokens: number): string {
  const unit = tokens >= 10_000 ? 1_000 : tokens >= 1_000 ? 100 : tokens >= 100 ? 10 : 1;
  return `about ${number(Math.round(tokens / unit) * unit)}`;
}

export function number(value: number): string {
  return value.toLocaleString("en-US");
}

/** Tokens now, and how many the recommended policy leaves. */
export function costs({ tokens: { all, recommended }, unfit }: Report): string {
  if (all === 0) return "no tokens";
  if (unfit !== undefined) return `${about(all)} tokens`;
  const saved = Math.round((1 - recommended / all) * 100);
  const less = saved === 0 ? "as much" : recommended === 0 ? "none" : `${about(recommended)} (${saved} % less)`;
  return `${about(all)} tokens; ${less} under the recommended policy`;
}

/** `Everything 1.2.0`, as far as the server says. */
export function serverName({ list: { name, serverInfo } }: Report): string {
  const said = titleOf(serverInfo);
  const version = text(serverInfo, "version");
  return `${name}${version === undefined || (said !== undefined && said !== name) ? "" : ` ${version}`}`;
}

function text(object: JsonObject | undefined, key: string): string | undefined {
  const value = object === undefined ? undefined : member(object, key);
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function has(report: Report): string {
  const { tools, resources, templates, prompts } = report.list;
  return [
    plural(tools.length, "tool"),
    plural(resources.length, "resource"),
    ...(templates.length > 0 ? [plural(templates.length, "resource template")] : []),
    plural(prompts.length, "prompt"),
  ].join(", ");
}

function plural(count: number, what: string): string {
  return `${number(count)} ${what}${count === 1 ? "" : "s"}`;
}

/** `tool (parameter)`. */
export function subject(of: string, { parameter }: Finding): string {
  return parameter === undefined ? brief(of) : `${brief(of)} (${brief(parameter)})`;
}

/** No honest name is longer. */
const LONGEST = 100;

/** A name of the server's as a person is shown it: visible, on one line, and no longer than a name. */
export function brief(name: string): string {
  const start = name.slice(0, 4 * LONGEST);
  const shown = cut(cell(start), LONGEST);
  return start === name || shown.endsWith("…") ? shown : `${shown}…`;
}

export type Piece = { readonly kind: "plain" | "word"; readonly text: string };

/** A sentence with the words that were taken from a server (`*so*`) told from our own. */
export function pieces(sentence: string): readonly Piece[] {
  return sentence
    .split(/\*([^*]+)\*/)
    .map((text, index): Piece => ({ kind: index % 2 === 0 ? "plain" : "word", text }))
    .filter(({ text }) => text !== "");
}

/** A tool's findings by kind, each with all its parameters. */
export function byKind(findings: readonly Finding[]): readonly (readonly [FindingKind, readonly string[]])[] {
  const kinds = new Map<FindingKind, string[]>();
  for (const { kind, parameter } of findings) {
    const parameters = kinds.get(kind) ?? [];
    kinds.set(kind, parameter === undefined ? parameters : [...parameters, parameter]);
  }
  return [...kinds];
}
