/** Arguments that a schema does not name, and schemas that name nothing. */
import { as, denied, passed, type Row, strings } from "./row.ts";

export const CHECKED: readonly Row[] = [
  denied("a member that the schema does not name", "s_plain", [
    ...[
      '{"text":"x","force":true}',
      '{"text":"x","Text":"y"}',
      '{"text":"x","text ":"y"}',
      '{"text":"x","te\\u0000xt":1}',
    ],
    ...[
      '{"text":"x","__proto__":{"a":1}}',
      '{"text":"x","constructor":1}',
      '{"text":"x","toString":1}',
      '{"text":"x","":1}',
    ],
    ...['{"text":"x","properties":{}}', '{"text":"x","$ref":"#"}'],
  ]),
  denied("a value of another type, or none", "s_plain", [
    ...as("text", "7", "null", '["x"]', '{"toString":"x"}', "true"),
    ...[
      '{"text":"x","n":"7"}',
      '{"text":"x","n":7.5}',
      '{"text":"x","n":7.0000000000000000000001}',
      '{"Text":"x"}',
      "{}",
    ],
    '{"__proto__":{"text":"x"}}',
  ]),
  denied("members of an object of any form", "s_free", as("o", '{"a":1}', '{"__proto__":1}', "[]", '"{}"')),
  denied("members that are let in without a name", "s_open", ['{"x":1}', '{"a":{"b":1}}', '{"__proto__":1}']),
  denied("anything under a schema that lies elsewhere", "s_remote", ["{}", '{"a":1}']),
  denied("anything under a reference to nothing", "s_nowhere", as("a", "1", "null")),
  denied("anything under a reference that moves", "s_dynamic", as("a", "1", "{}")),
  denied("anything under a reference that moved once", "s_recursive", as("a", "1", "{}")),
  denied("anything under a circle", "s_circle", ["{}", '{"a":1}']),
  denied("anything under another base", "s_based", as("a", "{}", '{"b":1}')),
  denied("what a reference does not name", "s_defined", ['{"a":1,"b":2}', '{"a":"1"}', '{"x":1}']),
  denied("what only another form names", "s_branch", [
    '{"kind":"b","n":1}',
    '{"n":1}',
    '{"kind":"b"}',
    '{"m":1,"n":1}',
  ]),
  denied(
    "neighbours of the one number",
    "s_big",
    as("n", "9007199254740992", "9007199254740994", '"9007199254740993"'),
  ),
  denied("anything under a pattern that can't be judged", "s_ahead", strings("w", "user", "admin")),
  passed("what the schema names", "s_plain", [
    '{"text":"x"}',
    '{"text":"","n":7.0}',
    '{"text":"x","n":70e-1}',
    '{"text":"x","n":1e400}',
  ]),
  passed("an empty object", "s_free", ['{"o":{}}', "{}"]),
  passed("what a reference names", "s_defined", ['{"a":1}', '{"a":1.0}', "{}"]),
  passed("what a form names that holds", "s_branch", [
    '{"kind":"a","n":{}}',
    '{"kind":"a","n":[],"m":1}',
    '{"m":null}',
  ]),
  passed("the one number", "s_big", as("n", "9007199254740993", "9007199254740993.0")),
];
