/** Lists, their elements, and keys that mean something to a careless look-up. */
import { as, denied, passed, type Row } from "./row.ts";

export const KEYS: readonly Row[] = [
  denied("one bad element among good ones, or one that can't be told", "each_over", [
    ...as("items", '[{"n":1},{"n":101}]', '[{"n":1},{"n":"101"}]', '[{"n":1},7]', '[[{"n":101}]]', '[{"n":[101]}]'),
    ...as("items", '[{"n":null}]', '{"0":{"n":101}}', '{"length":1,"n":101}', '"x"', "7"),
  ]),
  denied("one element that lacks what each must have", "each_need", [
    ...as("items", '[{"n":1},{}]', '[{"n":1},{"N":1}]', '[{"n":1},null]', '[{"n":1},{"n":101}]', "null", "{}", '"x"'),
    "{}",
  ]),
  denied("the last of many in the last of many", "deep", [
    ...as("a", `[{"b":[]},{"b":[${'{"c":"y"},'.repeat(200)}{"c":"x"}]}]`, '[{"b":[{"c":"y"}]},{"b":{"c":"x"}}]'),
  ]),
  denied("an object in the place of a list", "first", as("items", '{"0":"x"}', '"x"', '["x"]')),
  denied("a name that is nearly the argument's", "peek", [
    ...['{"Mode":"peek"}', '{"mode ":"peek"}', '{"mode\\u0000":"peek"}', '{"mo\\u200bde":"peek"}', '{"ｍode":"peek"}'],
    ...['{"__proto__":{"mode":"peek"}}', '{"constructor":{"prototype":{"mode":"peek"}}}'],
    ...['{"mode":["peek"]}', '{"mode":{"mode":"peek"}}', '{"mode":{"toString":"peek"}}', '{"args":{"mode":"peek"}}'],
  ]),
  denied("a key that others lose", "no_admin", [
    '{"__proto__":{"admin":true}}',
    '{"__proto__":[]}',
    '{"__proto__":"x"}',
  ]),
  denied("what every object inherits", "constructed", [
    "{}",
    '{"__proto__":{"constructor":1}}',
    '{"constructor":null}',
  ]),
  denied("what every function inherits", "printed", ["{}", '{"toString":{}}', '{"toString":1}']),
  denied("the length of a list, which is no argument", "long", as("list", "[]", "[1,2]", '"xx"', '{"length":2}')),
  denied("a key with a dot", "dotted", ['{"a.b":1}', '{"a.b":1.0,"a":{"b":2}}', '{"a\\u002eb":1}']),
  passed("lists without a bad element", "each_over", [
    ...as("items", "[]", "null", '[{"n":1},{}]', '[{"n":100.0}]'),
    "{}",
  ]),
  passed("no elements", "each_need", as("items", "[]", '[{"n":1},{"n":-1e400}]')),
  passed("keys that mean nothing here", "no_admin", [
    '{"admin":true}',
    '{"__proto__":{"admin":1}}',
    '{"__proto__":null}',
  ]),
  passed("keys of their own", "constructed", ['{"constructor":0}', '{"constructor":"x","__proto__":{"a":1}}']),
  passed("another path to the same letters", "dotted", ['{"a":{"b":1}}', '{"a.b":"1"}']),
  passed("more than is asked for", "peek", ['{"mode":"peek","__proto__":{"mode":"destroy"},"constructor":1}']),
];
