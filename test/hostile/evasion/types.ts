/** What is not there, and what is of another type than its operator judges. */
import { OPERATORS } from "./policy.ts";
import { as, denied, passed, type Row } from "./row.ts";

const GUARDED = ["neq", "not_in", "not_in_cidr"];

/** What an operator can't judge. */
const UNJUDGED: Readonly<Record<string, readonly string[]>> = {
  ...each(["lt", "lte", "gt", "gte"], ['"3"', '"1e400"', '"NaN"', "true", "null", "[3]", '{"valueOf":3}']),
  ...each(["contains"], ["7", "true", "null", '{"a":"a"}']),
  ...each(["regex", "starts_with", "ends_with"], ["7", "true", "null", '["a"]', '{"a":"a"}']),
  ...each(["in_cidr", "not_in_cidr"], ["167772161", "null", '["10.0.0.1"]', '"10.1"', '""', '"localhost"']),
  ...each(["length_lte", "length_gte"], ["3", "true", "null", "1e400"]),
};

export const MISSING: readonly Row[] = [
  ...Object.keys(OPERATORS).map((op) =>
    denied(`for ${op}, which is required`, `need_${op}`, ["{}", '{"p":null}', '{"p":{}}', '{"p":{"V":1}}']),
  ),
  ...GUARDED.map((op) => denied(`for ${op}, which denies`, `ban_${op}`, ["{}", '{"p":null}', '{"p":{}}'])),
  passed("for eq, which denies", "ban_eq", ["{}", '{"p":null}', '{"p":{"v":null}}']),
];

export const MISTYPED: readonly Row[] = [
  ...Object.keys(OPERATORS).flatMap((op) => {
    const astray = as("p", '[{"v":1}]', '"{\\"v\\":1}"', "7");
    return [denied(`on the way to ${op}`, `need_${op}`, astray), denied(`on the way to ${op}`, `ban_${op}`, astray)];
  }),
  ...Object.entries(UNJUDGED).flatMap(([op, values]) => {
    const args = values.map((value) => `{"p":{"v":${value}}}`);
    return [denied(`for ${op}`, `need_${op}`, args), denied(`for ${op}`, `ban_${op}`, args)];
  }),
];

function each<T>(names: readonly string[], value: T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, value]));
}
