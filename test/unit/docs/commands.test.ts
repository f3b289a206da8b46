/** Every command that a page shows is one, with options it has and arguments it takes; contents list the headings there are. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { program } from "../../../src/cli/program.ts";
import { context, screen } from "../cli/stage.ts";
import { ROOT } from "./page.ts";

const DOCS = join(ROOT, "docs");
const PAGES = [join(ROOT, "README.md"), ...readdirSync(DOCS).map((name) => join(DOCS, name))].filter((path) =>
  path.endsWith(".md"),
);
const LINE = /npx grantgate ((?:'[^']*'|"[^"]*"|[^`\n#'"|>])+)/g;

const root = program(context(screen(), { root: ROOT, cwd: ROOT }), () => {});

describe.each(PAGES.map((path) => path.slice(ROOT.length + 1)))("%s", (page) => {
  const text = readFileSync(join(ROOT, page), "utf8");

  it("shows commands that there are", () => {
    const wrong = [...text.matchAll(LINE)].flatMap(([, line = ""]) => faultsOf(line));
    expect(wrong).toEqual([]);
  });

  it("begins with the headings it has, where it begins with a list of them", () => {
    const listed = [...text.matchAll(/^\* \[([^\]]+)\]\(#[^)]*\)$/gm)].map(([, title]) => title);
    const headings = [...text.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/^## (.+)$/gm)].map(([, title]) => title);
    if (listed.length > 0) expect(listed).toEqual(headings);
  });
});

function faultsOf(line: string): string[] {
  const words = [...line.matchAll(/(?:'[^']*'|"[^"]*"|\S)+/g)].map(([word]) => word);
  let command: Command = root;
  while (words[0] !== undefined) {
    const next = command.commands.find((each) => each.name() === words[0]);
    if (next === undefined) break;
    command = next;
    words.shift();
  }
  // `npx grantgate …` in running text is no command yet, and neither is `npx grantgate help`.
  if (command === root) return /^(?:…|help|is\b|$)/.test(line.trim()) ? [] : [`${line}: no such command`];
  // A noun does nothing by itself; every command that does has --json.
  const isNoun = command.commands.length > 0 && !command.options.some(({ long }) => long === "--json");
  if (isNoun) return [`${line}: what of ${command.name()}?`];
  let given = 0;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    // A command of another program.
    if (word === "--") break;
    if (!word.startsWith("--")) {
      if (word !== "…") given++;
      continue;
    }
    const option = command.options.find(({ long }) => long === word);
    if (option === undefined) return [`${line}: ${command.name()} has no ${word}`];
    if (option.required) at++;
  }
  const takes = command.registeredArguments;
  const least = takes.filter(({ required }) => required).length;
  const most = takes.some(({ variadic }) => variadic) ? Number.POSITIVE_INFINITY : takes.length;
  return given > most || (given < least && given > 0) ? [`${line}: ${given} arguments`] : [];
}
