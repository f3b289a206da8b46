/** Names that mean nothing: hidden twice, hidden and listed, or of tools that the server does not have. */
import { type Glob, isGlob, matches, readGlob } from "../glob.ts";
import { namesOf } from "../names.ts";
import { below, note, onKey } from "../problem.ts";
import { quoted } from "../quote.ts";
import { didYouMean } from "../suggest.ts";
import { entriesIn, type Survey } from "./survey.ts";

/** Whoever names this many tools of another server will see it from the first of them. */
const MOST_SUGGESTIONS = 50;

export function repeatedHiding({ document, top }: Survey): void {
  const list = below(top, "hide");
  const globs = globsIn(document.hide);
  const seen = new Set<string>();
  document.hide.forEach((name, index) => {
    const wider = globs.find((glob) => glob.text !== name && covers(glob, name))?.text;
    if (seen.has(name)) note(below(list, index), `${quoted(name)} is hidden already, further up in this list`);
    else if (wider !== undefined) note(below(list, index), `${quoted(name)} is hidden already, by ${quoted(wider)}`);
    seen.add(name);
  });
}

export function hiddenEntries(survey: Survey): void {
  const names = new Set(survey.document.hide);
  const globs = globsIn(survey.document.hide);
  for (const { key, entry, spot } of entriesIn(survey)) {
    const by = names.has(key) ? key : globs.find((glob) => covers(glob, key))?.text;
    if (by === undefined || entry.action === "hide") continue;
    note(onKey(spot), `"hide" has ${quoted(by)}, so this entry is never looked at`);
  }
}

function globsIn(names: readonly string[]): readonly Glob[] {
  return names.filter(isGlob).map(readGlob);
}

/** Whether the glob matches all that a name or another glob does: a star in that is only covered by its own. */
function covers(glob: Glob, name: string): boolean {
  return matches(glob, name);
}

export function unknownTools(survey: Survey): void {
  const { document, top, tools } = survey;
  if (tools === undefined) return;
  const names = tools.map(({ name }) => name);
  const known = new Set(names);
  let suggestions = 0;
  const fault = (key: string): string | undefined => {
    if (isGlob(key)) return matchesOne(readGlob(key), names) ? undefined : "matches no tool that the server lists";
    if (known.has(key)) return undefined;
    return `is no tool that the server lists${suggestions++ < MOST_SUGGESTIONS ? didYouMean(key, names) : ""}`;
  };
  document.hide.forEach((name, index) => {
    const message = fault(name);
    if (message !== undefined) note(below(below(top, "hide"), index), `${quoted(name)} ${message}`);
  });
  const entries = namesOf(document.tools.keys());
  const applying = new Set(names.map((name) => entries.find(name)));
  for (const { key, spot } of entriesIn(survey)) {
    const message = fault(key) ?? (applying.has(key) ? undefined : OUTDONE);
    if (message !== undefined) note(onKey(spot), `${quoted(key)} ${message}`);
  }
}

function matchesOne(glob: Glob, names: readonly string[]): boolean {
  return names.some((name) => matches(glob, name));
}

const OUTDONE = "applies to no tool: every tool that it matches has an entry that fits it better";
