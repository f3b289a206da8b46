/**
 * The class of a tool from its name, description, schema and annotations: deterministic, without a model.
 *
 * The most severe class that applies wins, and nothing soothing is believed: annotations only raise. It judges words,
 * not behaviour, and must never be all that stands between an agent and a tool.
 */
import type { Json } from "../../json/value.ts";
import { namesMoney } from "./act.ts";
import { hinted } from "./annotations.ts";
import { type Evidence, mostSevere, RISK, type Risk, type ToolClass } from "./class.ts";
import { confidenceOf } from "./confidence.ts";
import { carriedOut } from "./elsewhere.ts";
import { fromName, type Said } from "./name.ts";
import { parametersOf } from "./parameters.ts";
import { signsIn } from "./schema.ts";
import { confirmed, describedAs } from "./told.ts";
import { nameWords, singular } from "./words.ts";

/** A tool as `tools/list` gives it. What is missing or malformed says nothing. */
export type Tool = {
  readonly name: string;
  readonly description?: Json | undefined;
  readonly inputSchema?: Json | undefined;
  readonly annotations?: Json | undefined;
};

export type Classification = {
  readonly class: ToolClass;
  readonly risk: Risk;
  readonly confidence: number;
  /** Never empty; the most severe first. */
  readonly evidence: readonly Evidence[];
};

/** More reasons than this make none of them clearer. */
const MOST_EVIDENCE = 16;

/** For a tool that says nothing of itself: in doubt it changes something. */
function unknown(words: readonly string[]): Evidence {
  const things = words.map(singular);
  const money = things.find((thing) => namesMoney(thing, [...things, ...words]));
  const text = "neither name nor description contains a verb that is known";
  if (money === undefined) return { class: "write", text: `${text}, so it is taken for a change`, from: "name" };
  return { class: "financial", text: `${text}, and the name contains *${money}*`, from: "name" };
}

export function classify({ name, description, inputSchema, annotations }: Tool): Classification {
  const words = nameWords(name);
  const text = typeof description === "string" ? description : "";
  const said = confirmed(fromName(words), text);
  const described = describedAs(text, said);
  const reads = described.settles || (said.kind !== "silent" && said.act.class === "read");
  const parameters = parametersOf(inputSchema);
  const signs = [...signsIn(parameters), ...carriedOut(words, said, parameters)]
    .filter(({ counts }) => !reads || (counts === "always" && !described.readsOnly))
    .filter(({ counts }) => counts !== "if unclear" || said.kind === "silent" || (said.kind === "verb" && !said.sure))
    .map(({ class: toolClass, text }): Evidence => ({ class: toolClass, text, from: "schema" }));
  const found = [...(described.settles ? [] : named(said)), ...described.evidence, ...signs, ...hinted(annotations)];
  const evidence = found.length > 0 ? distinct(found) : [unknown(words)];
  const { class: toolClass } = mostSevere(evidence) ?? unknown(words);
  const ordered = [
    ...evidence.filter((one) => one.class === toolClass),
    ...evidence.filter((one) => one.class !== toolClass),
  ];
  return {
    class: toolClass,
    risk: RISK[toolClass],
    confidence: confidenceOf(toolClass, said, ordered),
    evidence: ordered.slice(0, MOST_EVIDENCE),
  };
}

function named(said: Said): Evidence[] {
  return said.kind === "silent"
    ? []
    : [{ class: said.act.class, text: `name contains ${said.act.text}`, from: "name" }];
}

function distinct(evidence: readonly Evidence[]): Evidence[] {
  return [...new Map(evidence.map((one) => [`${one.class} ${one.text}`, one])).values()];
}
