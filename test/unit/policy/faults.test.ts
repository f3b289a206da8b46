import { describe, expect, test } from "vitest";
import { faultsOf, problemsOf } from "./given.ts";

/** What is wrong, and where below this place. */
function below(place: string, entry: unknown): readonly string[] {
  return faultsOf(entry).map((fault) => fault.replace(place, ""));
}

describe("a mistake in a policy is told, with its place", () => {
  test.each<[unknown, string[]]>([
    ["", ["1:1 : expected a value, found the end"]],
    ["[]", ["1:1 : expected a policy, an object, found a list of 0 items"]],
    ['{"version":"1","default":"deny",}', ['1:33 : expected a key in double quotes, found "}"']],
    ["\ufeff{}", ["1:1 : a byte order mark stands before the text"]],
    [{}, ['1:1 : "version" is missing in a policy', '1:1 : "default" is missing in a policy']],
    [{ version: 1, default: "deny" }, ['1:12 /version: expected "1", found the number 1']],
    [{ version: "2", default: "deny" }, ['1:12 /version: expected "1", found "2"; did you mean "1"?']],
    [{ version: "1", default: "maybe" }, ['1:26 /default: expected "allow" or "deny", found "maybe"']],
    [{ version: "1", default: 7 }, ['1:26 /default: expected "allow" or "deny", found the number 7']],
    ["null", ["1:1 : expected a policy, an object, found null"]],
    [
      { version: "1", default: "deny", hide: "x" },
      ['1:40 /hide: expected a list of names of tools, found the string "x"'],
    ],
    [{ version: "1", default: "deny", hide: ["a", ""] }, ["1:45 /hide/1: a tool's name must not be empty"]],
    [{ version: "1", default: "deny", hide: [7] }, ["1:41 /hide/0: expected a tool's name, found the number 7"]],
    [
      { version: "1", default: "deny", hide: ["\ud83d*"] },
      ["1:41 /hide/0: half a surrogate pair can't stand in a glob"],
    ],
    [
      { version: "1", default: "deny", tools: [] },
      ["1:41 /tools: expected tools by name, an object, found a list of 0 items"],
    ],
    [{ version: "1", default: "deny", tools: { "": {} } }, ["1:42 /tools/: a tool's name must not be empty"]],
    [
      { version: "1", default: "deny", all_tools: [] },
      ["1:45 /all_tools: expected all_tools, an object, found a list of 0 items"],
    ],
    [
      { version: "1", default: "deny", all_tools: { action: "deny" } },
      ['1:46 /all_tools/action: "action" is no field of all_tools'],
    ],
    [{ version: "1", default: "deny", description: 7 }, ["1:47 /description: expected a string, found the number 7"]],
    [{ version: "1", default: "deny", $schema: 7 }, ["1:43 /$schema: expected a string, found the number 7"]],
    [
      { version: "1", default: "deny", defualt: "deny" },
      ['1:33 /defualt: "defualt" is no field of a policy; did you mean "default"?'],
    ],
    [
      { version: "1", default: "deny", zzzzzzzzzzzz: 1 },
      ['1:33 /zzzzzzzzzzzz: "zzzzzzzzzzzz" is no field of a policy'],
    ],
    [
      { version: "1", default: "deny", tools: { "a*": {}, "*a": {} } },
      [
        '1:42 /tools/a*: this glob and "*a" match some of the same names with as many literal characters; make one of them longer',
        '1:50 /tools/*a: this glob and "a*" match some of the same names with as many literal characters; make one of them longer',
      ],
    ],
  ])("in %j", (document, faults) => {
    const found = problemsOf(document);
    expect(found.map((each) => `${each.line}:${each.column} ${each.pointer}: ${each.message}`)).toEqual(faults);
  });
});

describe("a mistake in a tool's entry is told, with its place", () => {
  test.each<[unknown, string[]]>([
    [null, [": expected a tool's entry, an object, found null"]],
    [7, [": expected a tool's entry, an object, found the number 7"]],
    [{ deny_if: [{}] }, ['/deny_if/0: "conditions" is missing in a wall']],
    [{ deny_if: ["no"] }, ['/deny_if/0: expected a wall, an object, found the string "no"']],
    [{ require: {} }, ["/require: expected a list of walls, found an object"]],
    [{ deny_if: {} }, ["/deny_if: expected a list of walls, found an object"]],
    [{ deny_if: [{ conditions: {} }] }, ["/deny_if/0/conditions: expected a list of conditions, found an object"]],
    [{ deny_if: [{ conditions: [], on_deny: 7 }] }, ["/deny_if/0/on_deny: expected a string, found the number 7"]],
    [
      { deny_if: [{ conditions: [], on_deni: "x" }] },
      ['/deny_if/0/on_deni: "on_deni" is no field of a wall; did you mean "on_deny"?'],
    ],
    [
      { deny_if: [{ conditions: [], description: 7 }] },
      ["/deny_if/0/description: expected a string, found the number 7"],
    ],
    [
      { action: "allw" },
      ['/action: expected "allow", "deny", "hide", "require_approval", found "allw"; did you mean "allow"?'],
    ],
    [{ action: 7 }, ['/action: expected "allow", "deny", "hide", "require_approval", found the number 7']],
    [{ reason: 7 }, ["/reason: expected a string, found the number 7"]],
    [{ arguments: "strct" }, ['/arguments: expected "open" or "strict", found "strct"; did you mean "strict"?']],
    [{ description: 7 }, ["/description: expected a string, found the number 7"]],
    [{ aproval: {} }, ['/aproval: "aproval" is no field of a tool\'s entry; did you mean "approval"?']],
    [{ approval: 7 }, ["/approval: expected an approval, an object, found the number 7"]],
    [{ approval: { when: {} } }, ["/approval/when: expected a list of conditions, found an object"]],
    [{ approval: { timeout: "30" } }, ['/approval/timeout: expected a duration like "30s", "30m", "12h" or "7d"']],
    [{ approval: { timeout: 30 } }, ["/approval/timeout: expected a string, found the number 30"]],
    [{ approval: { timeout: "0m" } }, ['/approval/timeout: expected a duration like "30s", "30m", "12h" or "7d"']],
    [{ approval: { timeout: "30mm" } }, ['/approval/timeout: expected a duration like "30s", "30m", "12h" or "7d"']],
    [{ approval: { timeout: "x30m" } }, ['/approval/timeout: expected a duration like "30s", "30m", "12h" or "7d"']],
    [{ approval: { reason: 7 } }, ["/approval/reason: expected a string, found the number 7"]],
    [{ approval: { wen: [] } }, ['/approval/wen: "wen" is no field of an approval; did you mean "when"?']],
    [{ unwrap: 7 }, ["/unwrap: expected an unwrap, an object, found the number 7"]],
    [{ unwrap: {} }, ['/unwrap: "tool" is missing in an unwrap', '/unwrap: "arguments" is missing in an unwrap']],
    [
      { unwrap: { tool: "args[*]", arguments: "args.b" } },
      ["/unwrap/tool: [*] can't stand here: one value is wanted, not several"],
    ],
    [
      { unwrap: { tool: "args.a", arguments: "x" } },
      [
        '/unwrap/arguments: a path begins with args, tool, server, grant.id, grant.label, grant.tags, time.hour or time.weekday; this one begins with "x"',
      ],
    ],
    [{ unwrap: { tool: 7, arguments: "args.b" } }, ["/unwrap/tool: expected a string, found the number 7"]],
    [{ limits: {} }, ["/limits: expected a list of limits, found an object"]],
    [{ rate_limit: 7 }, ["/rate_limit: expected a rate_limit, an object, found the number 7"]],
    [
      { rate_limit: "10" },
      [
        '/rate_limit: expected a rate like "10/minute" or "10/60", or an object with max and window, found the string "10"',
      ],
    ],
    [
      { rate_limit: "10/year" },
      [
        '/rate_limit: expected a rate like "10/minute" or "10/60", or an object with max and window, found the string "10/year"',
      ],
    ],
    [
      { rate_limit: "0/minute" },
      [
        '/rate_limit: expected a rate like "10/minute" or "10/60", or an object with max and window, found the string "0/minute"',
      ],
    ],
    [
      { rate_limit: "1.5/minute" },
      [
        '/rate_limit: expected a rate like "10/minute" or "10/60", or an object with max and window, found the string "1.5/minute"',
      ],
    ],
    [
      { rate_limit: "10/0" },
      [
        '/rate_limit: expected a rate like "10/minute" or "10/60", or an object with max and window, found the string "10/0"',
      ],
    ],
    [
      { rate_limit: "10/2678401" },
      [
        '/rate_limit: expected a rate like "10/minute" or "10/60", or an object with max and window, found the string "10/2678401"',
      ],
    ],
    [
      { rate_limit: "1000000000001/day" },
      [
        '/rate_limit: expected a rate like "10/minute" or "10/60", or an object with max and window, found the string "1000000000001/day"',
      ],
    ],
    [
      { rate_limit: "10 /minute" },
      [
        '/rate_limit: expected a rate like "10/minute" or "10/60", or an object with max and window, found the string "10 /minute"',
      ],
    ],
    [
      { rate_limit: "10/minute/x" },
      [
        '/rate_limit: expected a rate like "10/minute" or "10/60", or an object with max and window, found the string "10/minute/x"',
      ],
    ],
    [
      { rate_limit: {} },
      ['/rate_limit: "max" is missing in a rate_limit', '/rate_limit: "window" is missing in a rate_limit'],
    ],
    [
      { rate_limit: { max: 1, window: "x" } },
      [
        '/rate_limit/window: expected "second", "minute", "hour", "day", "week", "month" or whole seconds from 1 to 2678400, found the string "x"',
      ],
    ],
    [
      { rate_limit: { max: 1, window: 1, scope: "server" } },
      ['/rate_limit/scope: "scope" is no field of a rate_limit'],
    ],
  ])("in %j", (entry, faults) => {
    expect(below("/tools/t", entry)).toEqual(faults);
  });
});

describe("a mistake in a condition is told, with its place", () => {
  test.each<[unknown, string[]]>([
    [7, [": expected a condition, an object, found the number 7"]],
    [
      {},
      [': "path" is missing in a condition', ': "op" is missing in a condition', ': "value" is missing in a condition'],
    ],
    [null, [": expected a condition, an object, found null"]],
    [{ path: "args.x", op: "eq" }, [': "value" is missing in a condition']],
    [{ path: "args.x", op: "gt" }, [': "value" is missing in a condition']],
    [{ op: "eq", value: 1 }, [': "path" is missing in a condition']],
    [{ path: "args.x", value: 1 }, [': "op" is missing in a condition']],
    [{ path: 7, op: "eq", value: 1 }, ["/path: expected a string, found the number 7"]],
    [
      { path: "", op: "eq", value: 1 },
      [
        '/path: a path begins with args, tool, server, grant.id, grant.label, grant.tags, time.hour or time.weekday; this one begins with ""',
      ],
    ],
    [
      { path: "arg", op: "eq", value: 1 },
      [
        '/path: a path begins with args, tool, server, grant.id, grant.label, grant.tags, time.hour or time.weekday; this one begins with "arg"; did you mean "args"?',
      ],
    ],
    [
      { path: "args.x[", op: "eq", value: 1 },
      ['/path: the path "args.x[" can\'t be read from "[" on: after a name come .name, ["any key"], [0], [*] or |json'],
    ],
    [
      { path: "args..x", op: "eq", value: 1 },
      [
        '/path: the path "args..x" can\'t be read from "..x" on: after a name come .name, ["any key"], [0], [*] or |json',
      ],
    ],
    [{ path: "tool.x", op: "eq", value: 1 }, ["/path: nothing lies below tool"]],
    [{ path: "tool[0]", op: "eq", value: 1 }, ["/path: nothing lies below tool"]],
    [{ path: "grant.id[*]", op: "eq", value: 1 }, ["/path: nothing lies below grant.id"]],
    [{ path: "grant.tags.x", op: "eq", value: 1 }, ["/path: below grant.tags only [0] (any index) or [*] can stand"]],
    [
      { path: "grant.tags[0][0]", op: "eq", value: 1 },
      ["/path: below grant.tags only [0] (any index) or [*] can stand"],
    ],
    [
      { path: "args.x", op: 7, value: 1 },
      [
        '/op: expected "eq", "neq", "lt", "lte", "gt", "gte", "in", "not_in", "contains", "regex", "exists", "starts_with", "ends_with", "in_cidr", "not_in_cidr", "length_lte", "length_gte", found the number 7',
      ],
    ],
    [
      { path: "args.x", op: "eqq", value: 1 },
      [
        '/op: expected "eq", "neq", "lt", "lte", "gt", "gte", "in", "not_in", "contains", "regex", "exists", "starts_with", "ends_with", "in_cidr", "not_in_cidr", "length_lte", "length_gte", found "eqq"; did you mean "eq"?',
      ],
    ],
    [{ path: "args.x", op: "eq", value: 1, extra: 1 }, ['/extra: "extra" is no field of a condition']],
    [
      { path: "args.x", op: "gt", value: "x" },
      ['/value: gt compares with a number or a date-time like "2026-01-31T00:00:00Z", found the string "x"'],
    ],
    [
      { path: "args.x", op: "lte", value: null },
      ['/value: lte compares with a number or a date-time like "2026-01-31T00:00:00Z", found null'],
    ],
    [{ path: "args.x", op: "in", value: 1 }, ["/value: in wants a list of values, found the number 1"]],
    [{ path: "args.x", op: "not_in", value: {} }, ["/value: not_in wants a list of values, found an object"]],
    [{ path: "args.x", op: "regex", value: 1 }, ["/value: regex wants a pattern in a string, found the number 1"]],
    [{ path: "args.x", op: "regex", value: "(" }, ["/value: this is no RE2 pattern: missing closing ): `(`"]],
    [
      { path: "args.x", op: "regex", value: "(?=a)" },
      [
        "/value: this is no RE2 pattern: invalid or unsupported Perl syntax: `(?=` (back-references and look-around are not part of RE2)",
      ],
    ],
    [
      { path: "args.x", op: "regex", value: "(a)\\1" },
      [
        "/value: this is no RE2 pattern: invalid escape sequence: `\\1` (back-references and look-around are not part of RE2)",
      ],
    ],
    [{ path: "args.x", op: "exists", value: 1 }, ["/value: exists wants true or false, found the number 1"]],
    [{ path: "args.x", op: "starts_with", value: 1 }, ["/value: starts_with wants a string, found the number 1"]],
    [{ path: "args.x", op: "ends_with", value: [] }, ["/value: ends_with wants a string, found a list of 0 items"]],
    [
      { path: "args.x", op: "length_lte", value: -1 },
      ["/value: length_lte wants a whole number of 0 or more, found the number -1"],
    ],
    [
      { path: "args.x", op: "length_gte", value: "3" },
      ['/value: length_gte wants a whole number of 0 or more, found the string "3"'],
    ],
    [
      { path: "args.x", op: "in_cidr", value: "10.0.0.1/8" },
      ['/value: the string "10.0.0.1/8" has bits set beyond its prefix; did you mean "10.0.0.0/8"?'],
    ],
    [
      { path: "args.x", op: "in_cidr", value: "nope" },
      ['/value: expected a network like "10.0.0.0/8" or a list of them, found the string "nope"'],
    ],
    [
      { path: "args.x", op: "in_cidr", value: ["10.0.0.0/8", 7] },
      ['/value: expected a network like "10.0.0.0/8" or a list of them, found the number 7'],
    ],
    [
      { path: "args.x", op: "not_in_cidr", value: {} },
      ['/value: expected a network like "10.0.0.0/8" or a list of them, found an object'],
    ],
    [{ all: [], any: [] }, ['/any: "any" is no field of a group of all']],
    [{ all: {} }, ["/all: expected a list of conditions, found an object"]],
    [{ any: 7 }, ["/any: expected a list of conditions, found the number 7"]],
    [{ not: [] }, ["/not: expected a condition, an object, found a list of 0 items"]],
    [{ not: { all: [{ path: "args.x", op: "eq" }] } }, ['/not/all/0: "value" is missing in a condition']],
    [
      { al: [] },
      [
        ': "path" is missing in a condition',
        ': "op" is missing in a condition',
        ': "value" is missing in a condition',
        '/al: "al" is no field of a condition',
      ],
    ],
    [
      { all: [], path: "args.x" },
      [
        ': "op" is missing in a condition',
        ': "value" is missing in a condition',
        '/all: "all" is no field of a condition',
      ],
    ],
    [
      { any: [], op: "eq" },
      [
        ': "path" is missing in a condition',
        ': "value" is missing in a condition',
        '/any: "any" is no field of a condition',
      ],
    ],
    [
      { not: {}, value: 1 },
      [
        ': "path" is missing in a condition',
        ': "op" is missing in a condition',
        '/not: "not" is no field of a condition',
      ],
    ],
  ])("in %j", (condition, faults) => {
    expect(below("/tools/t/deny_if/0/conditions/0", { deny_if: [{ conditions: [condition] }] })).toEqual(faults);
  });
});

describe("a mistake in a limit is told, with its place", () => {
  test.each<[unknown, string[]]>([
    [7, [": expected a limit, an object, found the number 7"]],
    [{ counter: "", window: "day", max: 1 }, ["/counter: a counter's name must not be empty"]],
    [{ counter: 7, window: "day", max: 1 }, ["/counter: expected a counter's name, found the number 7"]],
    [
      { counter: "rate_limit x", window: "day", max: 1 },
      ["/counter: names that begin so are kept for the counters of rate_limit"],
    ],
    [
      { counter: "c", window: "year", max: 1 },
      [
        '/window: expected "second", "minute", "hour", "day", "week", "month" or whole seconds from 1 to 2678400, found the string "year"',
      ],
    ],
    [
      { counter: "c", window: 0, max: 1 },
      [
        '/window: expected "second", "minute", "hour", "day", "week", "month" or whole seconds from 1 to 2678400, found the number 0',
      ],
    ],
    [
      { counter: "c", window: 2678401, max: 1 },
      [
        '/window: expected "second", "minute", "hour", "day", "week", "month" or whole seconds from 1 to 2678400, found the number 2678401',
      ],
    ],
    [
      { counter: "c", window: "60", max: 1 },
      [
        '/window: expected "second", "minute", "hour", "day", "week", "month" or whole seconds from 1 to 2678400, found the string "60"',
      ],
    ],
    [
      { counter: "c", window: 1.5, max: 1 },
      [
        '/window: expected "second", "minute", "hour", "day", "week", "month" or whole seconds from 1 to 2678400, found the number 1.5',
      ],
    ],
    [
      { counter: "c", window: null, max: 1 },
      [
        '/window: expected "second", "minute", "hour", "day", "week", "month" or whole seconds from 1 to 2678400, found null',
      ],
    ],
    [
      { counter: "c", window: "day", max: 0 },
      ["/max: expected a whole number from 1 to 1000000000000, found the number 0"],
    ],
    [
      { counter: "c", window: "day", max: 1.5 },
      ["/max: expected a whole number from 1 to 1000000000000, found the number 1.5"],
    ],
    [
      { counter: "c", window: "day", max: 1000000000001 },
      ["/max: expected a whole number from 1 to 1000000000000, found the number 1000000000001"],
    ],
    [
      { counter: "c", window: "day", max: "1" },
      ['/max: expected a whole number from 1 to 1000000000000, found the string "1"'],
    ],
    [
      { counter: "c", window: "day", max: 1, scope: "all" },
      ['/scope: expected "grant", "session", "server", found "all"'],
    ],
    [{ counter: "c", window: "day", max: 1, align: "x" }, ['/align: expected "calendar" or "rolling", found "x"']],
    [
      { counter: "c", window: "day", max: 1, increment: 0 },
      ["/increment: expected a number above 0 with at most six decimal places, found the number 0"],
    ],
    [
      { counter: "c", window: "day", max: 1, increment: -1 },
      ["/increment: expected a number above 0 with at most six decimal places, found the number -1"],
    ],
    [
      { counter: "c", window: "day", max: 1, increment: 1e-7 },
      ["/increment: expected a number above 0 with at most six decimal places, found the number 1e-7"],
    ],
    [
      { counter: "c", window: "day", max: 1, increment: "1" },
      ['/increment: expected a number above 0 with at most six decimal places, found the string "1"'],
    ],
    [
      { counter: "c", window: "day", max: 1, increment: 1, increment_from: "args.n" },
      [": a limit has increment or increment_from, not both"],
    ],
    [
      { counter: "c", window: "day", max: 1, increment_from: "args[*]" },
      ["/increment_from: [*] can't stand here: one value is wanted, not several"],
    ],
    [
      { counter: "c", window: "day", max: 1, increment_from: "n" },
      [
        '/increment_from: a path begins with args, tool, server, grant.id, grant.label, grant.tags, time.hour or time.weekday; this one begins with "n"',
      ],
    ],
    [
      { counter: "c", window: "day", max: 1, increment_from: 7 },
      ["/increment_from: expected a string, found the number 7"],
    ],
    [{ counter: "c", window: "day", max: 1, extra: 1 }, ['/extra: "extra" is no field of a limit']],
    [{ counter: "c", window: "day" }, [': "max" is missing in a limit']],
    [{ window: "day", max: 1 }, [': "counter" is missing in a limit']],
    [{ counter: "c", max: 1 }, [': "window" is missing in a limit']],
  ])("in %j", (limit, faults) => {
    expect(below("/tools/t/limits/0", { limits: [limit] })).toEqual(faults);
  });
});
