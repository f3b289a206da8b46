/** Texts that only look alike. */
import { COMPOSED } from "./policy.ts";
import { as, denied, passed, type Row, strings } from "./row.ts";

export const TEXTS: readonly Row[] = [
  denied("twins of the one word that may be", "only_cafe", [
    ...strings("w", "cafe\u0301", "caf\u0435\u0301", "c\u0430f\u00e9", "\uff43\uff41\uff46\u00e9", "CAF\u00c9", "cafe"),
    ...strings("w", "caf\u00e9\u200b", "caf\u00e9 ", "\ufeffcaf\u00e9", "caf\u00e9\u0000", "ca\u00adf\u00e9", ""),
    ...as("w", `["${COMPOSED}"]`, "null"),
  ]),
  denied("digits of other scripts, and what stands beside digits", "digits", [
    ...strings(
      "w",
      "\u0661\u0662",
      "\uff11\uff12",
      "\ud835\udfd9",
      "12\n",
      "\n12",
      "1 2",
      "12\u200b",
      "",
      "0x1",
      "1e3",
    ),
    ...as("w", "12", "[12]"),
  ]),
  denied("letters that fold to others", "not_secret", [
    ...strings("w", "SECRET", "a \u017fecret", "SeCrEt", "dis\u212a"),
    ...as("w", '"\\u0073\\u0065cret"', '"se\\u0063ret\\ud800"'),
  ]),
  denied("a part that is written by escapes", "has_no_dots", as("w", '"a/\\u002e\\u002e/b"', '"..\\/"', '"\\u002E."')),
  denied("a prefix that only looks like it", "below_var", [
    ...strings("w", "/var", "/VAR/x", " /var/x", "/var\u2215x", "\u2215var/x", "//var/x", "file:///var/x", "\\var\\x"),
  ]),
  denied("a megabyte for a pattern that others take years for", "slow", strings("w", "a".repeat(1_000_000))),
  passed("a twin, as the twin that it is", "not_cafe", strings("w", "cafe\u0301", "caf\u0435\u0301", "CAF\u00c9")),
  passed("a twin that no folding makes the word", "not_secret", strings("w", "\u0455ecret", "s\u200becret")),
];
