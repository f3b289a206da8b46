/** Strings that are JSON, or nearly. */
import { as, denied, passed, type Row, strings } from "./row.ts";

const DESTROY = '{"mode":"destroy"}';
/** Strings that are no strict JSON, or not the same JSON to everybody. */
const LOOSE = [
  '{"mode":"peek","mode":"destroy"}',
  '{"mode":"destroy","mode":"peek"}',
  '{"mode":"peek","mod\\u0065":"destroy"}',
  '{"mode":"peek"}{"mode":"destroy"}',
  '{"mode":"peek"}\n{"mode":"destroy"}',
  '{"mode":"peek"} x',
  '{"mode":"peek"}\u0000',
  '\ufeff{"mode":"peek"}',
  '\u00a0{"mode":"peek"}',
  '{"mode":"peek",}',
  '{"mode":"peek"/*,"mode":"destroy"*/}',
  "{'mode':'peek'}",
  "{mode:'peek'}",
  '{"mode":"peek","n":NaN}',
  '{"mode":"peek","n":01}',
  '{"mode":"pe\nek"}',
  `{"mode":"peek","a":${"[".repeat(64)}${"]".repeat(64)}}`,
  "mode=peek",
  "",
];

export const JSON_TEXTS: readonly Row[] = [
  denied("what it says", "text", strings("data", DESTROY, ` \t\r\n${DESTROY} `, '{"mod\\u0065":"\\u0064estroy"}')),
  denied("what readers differ about", "text", strings("data", ...LOOSE)),
  denied("what readers differ about, where something is required", "text_need", strings("data", ...LOOSE)),
  denied("what is no string", "text", as("data", DESTROY, '{"mode":"peek"}', "7", "[]", "true")),
  denied(
    "strings of JSON that are no object",
    "text",
    strings("data", "[]", '"destroy"', "7", '"{\\"mode\\":\\"peek\\"}"'),
  ),
  denied("JSON in JSON in a string", "text_text", [
    ...strings("data", JSON.stringify({ inner: DESTROY }), JSON.stringify({ inner: { mode: "destroy" } })),
    ...strings(
      "data",
      ...LOOSE.map((inner) => JSON.stringify({ inner })),
      `{"inner":"{}","inner":${JSON.stringify(DESTROY)}}`,
    ),
  ]),
  denied(
    "a number that no double holds",
    "text_big",
    strings("data", '{"n":9007199254740993}', '{"n":9007199254740993.0}'),
  ),
  passed("what is strict and harmless", "text", [
    ...strings("data", '{"mode":"peek"}', '\n{"mode" : "peek"}\t', "{}", "null", '{"Mode":"destroy"}'),
    ...["{}", '{"data":null}'],
  ]),
  passed("a neighbour of that number", "text_big", strings("data", '{"n":9007199254740992}')),
];
