/**
 * Everything in one tool's definition that a person should look at, in the order of `SIGNALS`. Deterministic, pure, and
 * never fails: what is malformed says nothing.
 */
import { type JsonObject, member } from "../../json/value.ts";
import { metaToolOf } from "../../policy/meta-tool.ts";
import type { Classification } from "../classify/classify.ts";
import { nameWords } from "../classify/words.ts";
import { contradictions } from "./annotations.ts";
import { bulkByName, bulkIn } from "./bulk.ts";
import { type Field, fieldsOf } from "./field.ts";
import { credentialIn, hostIn, pathIn, urlIn } from "./reached.ts";
import { SIGNAL_KINDS, type Signal } from "./signal.ts";
import { type About, codeIn, type Found, jsonIn, markupIn, queryIn } from "./taken.ts";

const MOST_PARAMETERS = 10;

/** `tool`: as `tools/list` gives it, with a name. */
export function signalsIn(tool: JsonObject, classification: Classification): readonly Signal[] {
  const name = member(tool, "name");
  if (typeof name !== "string") return [];
  const schema = member(tool, "inputSchema");
  const fields = fieldsOf(schema);
  const words = nameWords(name);
  const takesSecret = fields.some((field) => credentialIn(field, { words }) !== undefined);
  const about: About = { words, reads: classification.class === "read", takesSecret };
  const found = [
    ...meta(name, tool),
    ...contradictions(member(tool, "annotations"), classification),
    ...fields.flatMap((field) => inField(field, about).map((each) => told(field, each))),
    ...many(fields),
  ];
  const named = bulkByName(about);
  if (named !== undefined && !found.some(({ kind }) => kind === "bulk")) {
    found.push({ kind: "bulk", at: "/name", parameter: undefined, text: `the name says *${named}*` });
  }
  return found.sort((a, b) => SIGNAL_KINDS.indexOf(a.kind) - SIGNAL_KINDS.indexOf(b.kind));
}

function inField(field: Field, about: About): Found[] {
  const host = hostIn(field, about);
  const code = queryIn(field, about) ?? codeIn(field, about);
  return [
    credentialIn(field, about),
    // Each more exact one stands for the other.
    host ?? urlIn(field),
    code,
    markupIn(field),
    // Several commands are still one thing to say.
    code === undefined ? bulkIn(field, about) : undefined,
    pathIn(field, about),
    jsonIn(field),
  ].filter((each) => each !== undefined);
}

function told({ path, at }: Field, { kind, says }: Found): Signal {
  return { kind, at, parameter: path, text: `the parameter *${path}* ${says}` };
}

function meta(name: string, tool: JsonObject): Signal[] {
  const found = metaToolOf({ name, inputSchema: member(tool, "inputSchema") });
  if (found === undefined) return [];
  const how = found.paths === undefined ? "" : `, named in *${found.paths.tool}*`;
  return [{ kind: "meta-tool", at: "/name", parameter: undefined, text: `runs other tools by name${how}` }];
}

function many(fields: readonly Field[]): Signal[] {
  const own = fields.filter(({ depth }) => depth === 0).length;
  if (own <= MOST_PARAMETERS) return [];
  const text = `takes ${own} parameters`;
  return [{ kind: "many-parameters", at: "/inputSchema/properties", parameter: undefined, text }];
}
