/** Numbers in other forms, beyond doubles, and what is taken for a number or for true. */
import { as, denied, passed, type Row } from "./row.ts";

export const NUMBERS: readonly Row[] = [
  denied("the number in another form", "not_100", [
    ...as("n", "100", "100.0", "1e2", "1E+2", "10000e-2", "0.1e3", "100.000000000000000000000"),
  ]),
  denied("what is nearly the number, or looks like it", "only_100", [
    ...as("n", '"100"', "100.00000000000000000001", "99.99999999999999999999", "[100]", "true", "null", '{"n":100}'),
    ...["{}", '{"N":100}'],
  ]),
  denied("a number that no double holds", "not_big", [
    ...as("n", "9007199254740993", "9007199254740993.0", "9.007199254740993e15"),
  ]),
  denied("the neighbours of a number that no double holds", "only_big", [
    ...as("n", "9007199254740992", "9007199254740994", "9.007199254740992e15", '"9007199254740993"'),
    ...as("n", "9007199254740993.0000000000000001"),
  ]),
  denied("what is in no list of numbers", "few", [
    ...as("n", '"1"', "[1]", "true", "1.0000000000000000000001", "null", "4"),
    "{}",
  ]),
  denied("a little or very much above", "over_100", [
    ...as("n", "100.0000000000000000000000000001", "101", "1e400", "1e999999999999999999999", "18446744073709551717"),
  ]),
  denied("what is no number", "over_100", [
    ...as("n", '"500"', '"1e400"', '"Infinity"', '"NaN"', "true", "false", "null", "[101]", "[]", '{"valueOf":500}'),
  ]),
  denied("what is no number, or not there", "upto_100", [
    ...as("n", "100.00000000000000000001", "1e400", '"5"', "null", "[5]", "true"),
    ...["{}", '{"N":5}'],
  ]),
  denied("the truth", "not_true", as("v", "true")),
  denied("what other languages take for true", "only_true", [...as("v", "1", '"true"', "[true]", "null", "{}"), "{}"]),
  denied("null", "not_null", as("v", "null")),
  passed("another number, however near", "not_100", as("n", "100.0000000000000000001", "99", "-100", '"100"')),
  passed("neighbours", "not_big", as("n", "9007199254740992", "9007199254740994", "9007199254740993.1")),
  passed("the number in another form", "only_big", as("n", "9007199254740993", "9007199254740993.0")),
  passed("one of few in another form", "few", as("n", "1.0", "0.1e1", "3e0", "30e-1")),
  passed("not above", "over_100", [...as("n", "100", "1e2", "-1e400", "1e-400", "-0", "-0.0"), "{}"]),
  passed("below", "upto_100", as("n", "100.0", "-5", "1e-999999999999", "-1e999999999999999999999")),
];
