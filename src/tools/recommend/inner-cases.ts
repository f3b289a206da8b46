/** Cases for tools that run other tools: what they carry passes, is counted and is refused as a call of its own is. */
import { bareObject, type JsonObject, member } from "../../json/value.ts";
import { readPath } from "../../policy/path.ts";
import { freeName, limitOf, pointer, type Shown } from "./case.ts";
import type { Ruling } from "./ruling.ts";

export function innerCases(shown: readonly Shown[]): JsonObject[] {
  const of = (kind: Ruling["rule"]["kind"]): Shown | undefined =>
    shown.find(({ ruling, call }) => ruling.rule.kind === kind && call !== undefined);
  const nobody = freeName(shown);
  return shown.flatMap(({ ruling }) => {
    const { rule, name } = ruling;
    if (rule.kind !== "unwrapped") return [];
    const around = (inner: JsonObject): JsonObject => ({ tool: name, arguments: carried(rule.paths, inner) });
    const [open, limited, denied, hidden] = [of("open"), of("limited"), of("denied"), of("hidden")];
    const passing = open ?? limited;
    return [
      ...(passing?.call === undefined
        ? []
        : [
            {
              name: `${name} runs ${passing.ruling.name}`,
              call: around(passing.call),
              expect: { effect: "allow" },
            },
          ]),
      ...(limited?.call === undefined || limited.ruling.rule.kind !== "limited"
        ? []
        : [
            {
              name: `${name} counts as ${limited.ruling.name} when it runs that`,
              before: [{ call: limited.call, times: limited.ruling.rule.max }],
              call: around(limited.call),
              expect: limitOf(limited.ruling),
            },
          ]),
      ...(denied?.call === undefined
        ? []
        : [
            {
              name: `${name} does not run ${denied.ruling.name}, which is denied`,
              call: around(denied.call),
              expect: { effect: "deny", rule: pointer(denied.ruling.name, "action") },
            },
          ]),
      ...(hidden?.call === undefined
        ? []
        : [
            {
              name: `${name} does not run ${hidden.ruling.name}, which is hidden`,
              call: around(hidden.call),
              expect: { effect: "deny", rule: "(hidden)" },
            },
          ]),
      {
        name: `${name} does not run what is not listed`,
        call: around({ tool: nobody }),
        expect: { effect: "deny", rule: "(default deny)" },
      },
      {
        name: `${name} has to name a tool`,
        call: { tool: name },
        expect: { effect: "deny", rule: pointer(name, "unwrap") },
      },
    ];
  });
}

/** Arguments that carry a call where the paths say. */
function carried(paths: { readonly tool: string; readonly arguments: string }, inner: JsonObject): JsonObject {
  const args = bareObject();
  args[keyOf(paths.tool)] = member(inner, "tool") ?? "";
  args[keyOf(paths.arguments)] = member(inner, "arguments") ?? bareObject();
  return args;
}

/** Of a path to a property of the arguments. */
function keyOf(path: string): string {
  const read = readPath(path);
  const [step] = read.ok ? read.path.steps : [];
  return step?.kind === "key" ? step.key : path;
}
