/**
 * What a description adds to what the name said. It may raise a class, and it may settle a name whose verb could be a
 * noun (`label_text`: "Get the text on a label"). It never lowers what a name says clearly.
 */
import { type Act, judge } from "./act.ts";
import type { Evidence } from "./class.ts";
import { fromSentence, type Told } from "./description.ts";
import type { Said } from "./name.ts";
import { firstSentence, secondSentence } from "./sentence.ts";
import { BOUND, CODE, PRODUCT } from "./things.ts";
import { warningsIn } from "./warnings.ts";
import { singular } from "./words.ts";

export type Description = {
  readonly evidence: readonly Evidence[];
  /** It says that it only reads. Believed only where the name leaves it open. */
  readonly readsOnly: boolean;
  readonly settles: boolean;
};

const READS_ONLY = /\bread[- ]?only\b|\bSELECT (?:quer|statement)|\bdry[- ]run only\b/i;

export function describedAs(description: string, said: Said): Description {
  const sentence = firstSentence(description);
  const told = fromSentence(sentence);
  const second =
    told !== undefined && GENERIC.has(told.lead.verb) ? fromSentence(secondSentence(description)) : undefined;
  const readsOnly = READS_ONLY.test(sentence);
  const reads = said.kind !== "silent" && said.act.class === "read";
  const isUnsureWrite = said.kind === "verb" && !said.sure && said.act.class === "write";
  const settles = isUnsureWrite && told?.lead.class === "read";
  const quiet = reads || settles;
  const evidence = [
    ...leading(told, said, quiet, readsOnly),
    ...listed(told, said, quiet, readsOnly),
    ...(second === undefined
      ? []
      : [because(second.lead, ""), ...listed(second, { kind: "silent" }, quiet, readsOnly)]),
    ...warningsIn(description)
      .filter((warning) => !quiet || (warning.class === "destructive" && !readsOnly))
      .map((warning): Evidence => ({ ...warning, from: "description" })),
  ];
  return { evidence, readsOnly, settles };
}

/**
 * What a name says, once the description has been heard. A name that ends in *status*, or a *run* of a *report*, is a Read
 * only if the description does not hold a verb that is not known ("Transition it to a new status").
 */
export function confirmed(said: Said, description: string): Said {
  if (said.kind === "silent" || said.act.class !== "read" || description.trim() === "") return said;
  const sentence = firstSentence(description);
  if (READS_ONLY.test(sentence) || fromSentence(sentence) !== undefined) return said;
  if (said.kind === "noun") return BOUND.has(said.act.verb) ? said : { kind: "silent" };
  return { ...said, act: judge(said.act.verb, []) ?? said.act };
}

function leading(told: Told | undefined, said: Said, quiet: boolean, readsOnly: boolean): Evidence[] {
  if (told === undefined) return [];
  const { lead, faint, objects } = told;
  if (said.kind === "silent" || lead.class === "read") return [because(lead, "")];
  if (faint) return [];
  const things = objects.map(singular);
  const isProduct = things.some((thing) => PRODUCT.has(thing)) && !things.some((thing) => CODE.has(thing));
  const isLookedAt = lead.class === "write" || lead.class === "execute" ? isProduct || readsOnly : false;
  return quiet && isLookedAt ? [] : [because(lead, "")];
}

/** Verbs that say nothing but that there are others. */
const GENERIC = new Set(["manage", "control", "operate"]);

function listed(told: Told | undefined, said: Said, quiet: boolean, readsOnly: boolean): Evidence[] {
  if (told === undefined || (quiet && readsOnly)) return [];
  const isSilent = said.kind === "silent";
  const isGeneric = !isSilent && GENERIC.has(said.act.verb);
  return told.beside
    .filter(({ sure, aside }) => sure || isGeneric || (isSilent && !aside))
    .map(({ act }) => because(act, "also "));
}

function because(act: Act, also: string): Evidence {
  return { class: act.class, text: `description ${also}contains ${act.text}`, from: "description" };
}
