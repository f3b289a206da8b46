/**
 * Tools that look as if they ran other tools by name, and whose rules do not say so: whoever may call one of them may
 * call whatever it runs. A guess from names and schemas; it says nothing where it is not fairly sure.
 */
import { isGlob } from "../glob.ts";
import { type MetaTool, metaToolOf } from "../meta-tool.ts";
import { namesOf } from "../names.ts";
import { below, note, onKey, type Spot } from "../problem.ts";
import { quoted } from "../quote.ts";
import { entriesIn, type ListedTool, type Survey } from "./survey.ts";

export function unopenedMetaTools(survey: Survey): void {
  const { document, top, tools } = survey;
  const hidden = namesOf(document.hide);
  const entries = namesOf(document.tools.keys());
  const places = new Map(entriesIn(survey).map(({ key, spot }) => [key, spot]));
  // An entry that no list speaks of can still be told by its name.
  const named = [...document.tools.keys()].filter((key) => !isGlob(key)).map((name): ListedTool => ({ name }));
  const all = new Map([...named, ...(tools ?? [])].map((tool) => [tool.name, tool]));
  for (const tool of all.values()) {
    const key = entries.find(tool.name);
    const entry = key === undefined ? undefined : document.tools.get(key);
    const refused =
      entry === undefined ? document.default === "deny" : entry.action === "deny" || entry.action === "hide";
    if (refused || entry?.unwrap !== undefined || hidden.find(tool.name) !== undefined) continue;
    const meta = metaToolOf(tool);
    if (meta === undefined) continue;
    const spot = key === undefined ? below(top, "default") : (places.get(key) ?? top);
    advise(key === undefined ? spot : onKey(spot), tool.name, meta.paths ?? UNKNOWN);
  }
}

const UNKNOWN: MetaTool = { tool: "args.…", arguments: "args.…" };

function advise(spot: Spot, name: string, paths: MetaTool): void {
  const unwrap = `"unwrap": {"tool": ${quoted(paths.tool)}, "arguments": ${quoted(paths.arguments)}}`;
  note(spot, `${quoted(name)} looks as if it ran other tools by name, past their rules; give it ${unwrap}, or deny it`);
}
