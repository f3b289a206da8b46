/**
 * What a parameter does with what the name says: a host that is pinged, a file that is exported to, a word that ends up in
 * a command on another machine. Such a name reads, and the call still does something, so these count for every tool.
 */
import type { Said } from "./name.ts";
import { choicesOf, isText, type Parameter, textOf } from "./parameters.ts";
import type { Sign } from "./schema.ts";
import { SHELL } from "./things.ts";
import { verbClass } from "./verbs.ts";

export function carriedOut(words: readonly string[], said: Said, parameters: readonly Parameter[]): Sign[] {
  const verb = said.kind === "verb" ? said.act.verb : "";
  const texts = parameters.filter(({ schema }) => isText(schema) && choicesOf(schema).length === 0);
  return [...intoShell(words, texts), ...probed(words, verb, said, texts), ...keptIn(verb, texts)];
}

/** `ssh_check_disk` does it by way of a shell, and `ssh_key_list` does not. */
function intoShell(words: readonly string[], texts: readonly Parameter[]): Sign[] {
  const [way = "", verb = ""] = words;
  const [text] = texts;
  if (!SHELL.has(way) || verbClass(verb) === undefined || text === undefined) return [];
  return [
    { class: "execute", text: `the parameter *${text.name}* goes into a command by way of *${way}*`, counts: "always" },
  ];
}

const PROBES = new Set(["ping", "traceroute", "tracert"]);
const HOSTS = new Set("host hostname ip address addr destination dest target domain server url".split(" "));

/** A ping without a host asks the server whether it is there; with one it sends to whom the agent chooses. */
function probed(words: readonly string[], verb: string, said: Said, texts: readonly Parameter[]): Sign[] {
  const probe = words.find((word) => PROBES.has(word));
  const looksAtOne = said.kind !== "silent" && said.act.class === "read" && !PROBES.has(verb);
  const host = texts.find((parameter) => HOSTS.has(parameter.words.at(-1) ?? ""));
  if (probe === undefined || looksAtOne || host === undefined) return [];
  return [{ class: "execute", text: `the parameter *${host.name}* chooses whom it sends to`, counts: "always" }];
}

const FILES = new Set("path file filename filepath directory dir folder".split(" "));
const NEAR = new Set("local output out save destination dest".split(" "));
const KEPT = /\b(?:sav(?:e|es|ed|ing)|writ(?:e|es|ten|ing)|downloaded? to|output|destination)\b/i;

/** An export to a file writes it. A download's path may be that of what is fetched, unless it is said to be near. */
function keptIn(verb: string, texts: readonly Parameter[]): Sign[] {
  if (verb !== "export" && verb !== "dump" && verb !== "download") return [];
  const file = texts.find(({ words, schema }) => {
    if (!FILES.has(words.at(-1) ?? "")) return false;
    return verb !== "download" || words.some((word) => NEAR.has(word)) || KEPT.test(textOf(schema));
  });
  return file === undefined
    ? []
    : [{ class: "write", text: `the parameter *${file.name}* is where it writes`, counts: "always" }];
}
