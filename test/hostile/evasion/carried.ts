/** Calls inside of calls. */
import { as, denied, passed, type Row, strings } from "./row.ts";

export const CARRIED: readonly Row[] = [
  denied("a tool that is hidden", "run", carrying("vault", "drop_it", "drop_", "drop_\u0000"), "(hidden)"),
  denied("a tool that is denied", "run", carrying("locked"), "/tools/locked/action"),
  denied(
    "a tool that is not listed, twins of listed ones among them",
    "run",
    carrying(
      "wipe",
      "Open",
      "open ",
      " open",
      "open\n",
      "open\u0000",
      "\u043epen",
      "__proto__",
      "constructor",
      "open/../pay",
    ),
    "(default deny)",
  ),
  denied(
    "an inner call that its own wall denies",
    "run",
    [
      inner("pay", '{"amount":500}'),
      inner("pay", '{"amount":"500"}'),
      inner("pay", '{"amount":100.0000000001}'),
      `{"params":{"amount":500},"tool":"p\\u0061y"}`,
    ],
    "/tools/pay/deny_if/0",
  ),
  denied(
    "an inner tool whose arguments nobody can check",
    "run",
    carrying("strict_pay"),
    "/tools/strict_pay/arguments",
  ),
  denied(
    "an inner call that its own schema denies",
    "run",
    [inner("s_plain", '{"text":"x","force":true}'), inner("s_plain", "null"), inner("s_plain", '{"text":7}')],
    "/tools/s_plain/arguments",
  ),
  denied("no name, or none that is a string", "run", [
    ...as("tool", "null", '""', "7", "true", '["open"]', '{"name":"open"}', '{"toString":"open"}'),
    ...["{}", '{"name":"open"}', '{"__proto__":{"tool":"open"}}', '{"arguments":{"tool":"open"}}'],
  ]),
  denied("a name in another case, alone or beside the name", "run", [
    ...[
      '{"Tool":"open"}',
      '{"TOOL":"vault","tool":"open"}',
      '{"tool":"open","Tool":"vault"}',
      '{"tool":"open","tool\\u0000":"vault"}',
    ],
    ...['{"tool":"open","Params":{"amount":500}}', '{"tool":"pay","params":{"amount":1},"param\u017f":{"amount":500}}'],
  ]),
  denied("arguments that are no object", "run", [
    ...['"x"', "[]", "7", "true", "false", '"{\\"amount\\":500}"', '[{"amount":500}]'].map((args) =>
      inner("pay", args),
    ),
  ]),
  denied("itself, with nothing inside", "run", [inner("run", "{}"), inner("run", inner("run", inner("run", "{}")))]),
  denied("more calls inside of each other than four", "run", [
    nested(5, "open", "{}"),
    nested(6, "vault", "{}"),
    nested(20, "open", "{}"),
    inner("run", inner("run_text", asText(inner("run", inner("run_text", asText(inner("open", "{}"))))))),
  ]),
  denied("what stands innermost of four", "run", [nested(4, "vault", "{}")], "(hidden)"),
  denied(
    "what stands innermost of four, in strings",
    "run_text",
    [
      asText(inner("run_text", asText(inner("run_text", asText(inner("pay", '{"amount":500}')))))),
      asText(inner("run", inner("run_text", asText(inner("pay", '{"amount":"1"}'))))),
      asText('{"tool":"p\\u0061y","params":{"\\u0061mount":500}}'),
    ],
    "/tools/pay/deny_if/0",
  ),
  denied("a string that readers differ about", "run_text", [
    ...strings(
      "call",
      '{"tool":"open","tool":"vault"}',
      '{"tool":"vault","tool":"open"}',
      '{"tool":"open"}{"tool":"vault"}',
    ),
    ...strings(
      "call",
      '\ufeff{"tool":"open"}',
      '{"tool":"open",}',
      '{"tool":"open"} //',
      '{"tool":"open","to\\u006fl":"vault"}',
    ),
    ...strings("call", '{"tool":"open","params":{"a":1,"a":2}}', '{"tool":"open","Tool":"vault"}', "", "open"),
    ...as("call", '{"tool":"open"}', '["open"]', "null"),
    ...[
      "{}",
      '{"CALL":"{\\"tool\\":\\"open\\"}"}',
      '{"call":"{\\"tool\\":\\"open\\"}","Call":"{\\"tool\\":\\"vault\\"}"}',
    ],
  ]),
  denied(
    "a list of calls of which only the first is looked at",
    "run_first",
    [
      `{"calls":[${inner("open", "{}")},${inner("vault", "{}")}]}`,
      `{"calls":{"0":${inner("open", "{}")},"a":1,"b":2}}`,
    ],
    "/tools/run_first/require/0",
  ),
  denied(
    "an object for the list of calls",
    "run_first",
    [`{"calls":{"0":${inner("open", "{}")}}}`, '{"calls":[]}'],
    "/tools/run_first/unwrap",
  ),
  denied("the first of a list of calls", "run_first", [`{"calls":[${inner("vault", "{}")}]}`], "(hidden)"),
  passed("a call that may be, at every depth that may be", "run", [
    inner("open", "{}"),
    inner("open", "null"),
    '{"tool":"open"}',
    inner("pay", '{"amount":100.0,"Amount":500}'),
    nested(4, "pay", '{"amount":1e2}'),
  ]),
  passed("names in places that are none of the policy's", "run", [
    `{"tool":"open","params":${inner("vault", "{}")},"name":"vault","arguments":{"tool":"vault"},"tool_name":"vault"}`,
  ]),
  passed("a call in a string in a string", "run_text", [
    asText(inner("open", "{}")),
    asText(inner("run_text", asText(inner("pay", '{"amount":9.50}')))),
  ]),
];

/** What `run` takes: the name and the arguments of another tool. */
function inner(tool: string, args: string): string {
  return `{"tool":${JSON.stringify(tool)},"params":${args}}`;
}

/** What `run_text` takes: the same in a string. */
function asText(call: string): string {
  return `{"call":${JSON.stringify(call)}}`;
}

/** What `run` takes to run itself so often that the innermost call is the nth. */
function nested(times: number, tool: string, args: string): string {
  return times === 1 ? inner(tool, args) : inner("run", nested(times - 1, tool, args));
}

function carrying(...names: string[]): string[] {
  return names.map((name) => inner(name, "{}"));
}
